"""Runs a model's graph node after node.

Rasa's own runner hands the graph to dask at every message, which costs more than a millisecond for about ten nodes that
depend on one another in a line anyway.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner

Plan = List[Tuple[Text, GraphNode, Tuple[Text, ...]]]


class SequentialGraphRunner(DaskGraphRunner):
    """A `GraphRunner`; the order of the nodes is worked out once for each set of targets."""

    def run(
        self, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
    ) -> Dict[Text, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        results: Dict[Text, Tuple[Text, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in self._plan(wanted):
            # What is neither a node nor an input goes in by its name, as dask does it.
            results[name] = node(*(results.get(need, need) for need in needs))
        return dict(results[target] for target in wanted)

    def _plan(self, targets: Tuple[Text, ...]) -> Plan:
        plans: Dict[Tuple[Text, ...], Plan] = self.__dict__.setdefault("_plans", {})
        if targets not in plans:
            plans[targets] = self._ordered(targets)
        return plans[targets]

    def _ordered(self, targets: Tuple[Text, ...]) -> Plan:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        plan: Plan = []
        done = set()

        def add(name: Text) -> None:
            if name in done or name not in nodes:
                return
            done.add(name)
            needs = tuple(nodes[name].needs.values())
            for need in needs:
                add(need)
            plan.append((name, self._instantiated_nodes[name], needs))

        for target in targets:
            add(target)
        return plan
