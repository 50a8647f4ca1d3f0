"""Every job runs on what a worker alone has: hall, calendar and guides, no encoder and no index."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet

from bot.db.database import Database
from bot.db.vault import Vault
from bot.desk import Desk
from bot.publishing.start import bring_in
from bot.settings import Settings
from bot.wording.wording import load_wording
from bot.worker.hall_only import HallOnly
from bot.worker.jobs import Job
from bot.worker.registry import all_jobs
from knowledge.base import Published

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_names_of_jobs_are_unique() -> None:
    names = [job.name for job in all_jobs()]
    assert len(set(names)) == len(names) > 10


@pytest.fixture
def desk(tmp_database: Database, settings: Settings, published: Published) -> Desk:
    bring_in(tmp_database, published)
    library = HallOnly(tmp_database, published.hall)
    vault = Vault(Fernet.generate_key().decode())
    return Desk(settings, tmp_database, vault, cast(Any, library), load_wording(), cast(Any, None))


@pytest.mark.parametrize("job", all_jobs(), ids=lambda job: job.name)
def test_a_job_runs_with_nothing_to_do_and_again(desk: Desk, job: Job) -> None:
    job.run(desk, NOW)
    job.run(desk, NOW)


def test_the_hall_alone_knows_the_guides_that_are_published(desk: Desk, published: Published) -> None:
    assert desk.library.current.guides.keys() == published.guides.keys()
