"""`wenban evaluate nlu`."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot.settings import Settings
from evaluation.nlu.crossvalidation import cross_validate
from evaluation.order import Order
from evaluation.reports import page, report
from evaluation.reports.summary import shown


def run(settings: Settings, order: Order, console: Console) -> None:
    """Prints a summary, and leaves nlu.html and nlu.json in the folder."""
    folder = order.out or settings.data / "evaluation"
    with console.status("Training and parsing, fold by fold (some minutes) …"):
        built = cross_validate(settings, folder / "nlu")
    report.write(built, folder / "nlu.json")
    (folder / "nlu.html").write_text(page.render_nlu(built), encoding="utf-8")
    intents, disclosures = built["figures"]["intents"], built["figures"]["disclosures"]
    table = Table("intent or disclosure", "expected", "F1")
    rows = {**intents["by_class"], **{f"disclosure: {k}": v for k, v in disclosures["by_disclosure"].items()}}
    for name, row in rows.items():
        table.add_row(name, str(row["expected"]), shown(row["f1"]))
    console.print(table)
    console.print(f"intents: accuracy {shown(intents['accuracy']['share'])}, macro F1 {shown(intents['macro_f1'])}")
    console.print(f"disclosures: F1 {shown(disclosures['f1'])}, exact set {shown(disclosures['exact_set']['share'])}")
    console.print(f"Written to {folder / 'nlu.html'}", highlight=False, soft_wrap=True)
