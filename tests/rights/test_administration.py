"""Administrators: who may do what on their page, backups that open again, and settings without secrets."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from pydantic import SecretStr

from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.platform.effective_settings import Source, effective_settings
from tutor.platform.settings import Settings
from tutor.rights.administration import Administration
from tutor.rights.backups import KEPT
from tutor.services import Services
from tutor.store.database import open_database


@pytest.fixture
def admin(services: Services) -> Person:
    return services.accounts.create_account("root", Role.ADMIN)


@pytest.fixture
def administration(services: Services) -> Administration:
    return services.rights.administration


def test_only_an_administrator_does_any_of_it(
    administration: Administration, services: Services, ada: Person, instructor: Person
):
    for actor in (ada, instructor):
        for refused in (
            lambda who=actor: administration.find_people(who, ""),
            lambda who=actor: administration.person(who, ada.id),
            lambda who=actor: administration.invite(who, "eve", Role.ADMIN),
            lambda who=actor: administration.issue_link(who, ada.id),
            lambda who=actor: administration.set_role(who, ada.id, Role.ADMIN),
            lambda who=actor: administration.sign_out(who, ada.id),
            lambda who=actor: administration.set_paused(who, ada.id, paused=True),
            lambda who=actor: administration.erase(who, ada.id, "ada"),
            lambda who=actor: administration.server_state(who),
            lambda who=actor: administration.make_backup(who),
            lambda who=actor: administration.first_bad_audit_row(who),
        ):
            with pytest.raises(NotAllowed):
                refused()
    assert services.accounts.get_by_name("ada") == ada


def test_people_are_found_by_account_chosen_name_and_role_staff_first(
    administration: Administration, services: Services, admin: Person, instructor: Person, ada: Person, bob: Person
):
    services.accounts.set_display_name(bob, "Robert")
    names = [one.name for one in administration.find_people(admin, "").people]
    assert set(names[:2]) == {"ms-frizzle", "root"} and names[2:] == ["ada", "bob"]
    assert [one.name for one in administration.find_people(admin, "ROBERT").people] == ["bob"]
    assert [one.name for one in administration.find_people(admin, "instructor").people] == ["ms-frizzle"]


def test_roles_sessions_and_pauses_change_with_the_next_click_and_are_in_the_audit_log(
    administration: Administration, services: Services, admin: Person
):
    guest, session = services.accounts.create_guest()
    rows = administration.server_state(admin).audit_rows
    administration.set_role(admin, guest.id, Role.INSTRUCTOR)
    administration.set_paused(admin, guest.id, paused=True)
    found = services.accounts.person_for_session(session)
    assert found is not None and (found.is_staff, found.guest, found.is_paused) == (True, False, True)
    administration.set_paused(admin, guest.id, paused=False)
    administration.sign_out(admin, guest.id)
    assert services.accounts.person_for_session(session) is None
    assert not administration.person(admin, guest.id).is_paused
    assert administration.server_state(admin).audit_rows == rows + 4
    assert administration.first_bad_audit_row(admin) is None


def test_nobody_locks_themselves_out_and_an_account_is_erased_by_its_typed_name_only(
    administration: Administration, services: Services, admin: Person, ada: Person
):
    for refused in (
        lambda: administration.set_role(admin, admin.id, Role.LEARNER),
        lambda: administration.set_paused(admin, admin.id, paused=True),
        lambda: administration.erase(admin, admin.id, "root"),
        lambda: administration.erase(admin, ada.id, "bob"),
        lambda: administration.set_role(admin, services.operator.id, Role.LEARNER),
    ):
        with pytest.raises(InputRefused):
            refused()
    administration.erase(admin, ada.id, " ada ")
    with pytest.raises(NotFound):
        administration.person(admin, ada.id)


def test_a_backup_opens_with_the_master_key_and_only_the_latest_are_kept(
    administration: Administration, services: Services, admin: Person, course: object, clock: object
):
    from datetime import timedelta

    services.accounts.set_display_name(admin, "The boss")
    for _ in range(KEPT + 1):
        made = administration.make_backup(admin)
        clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    kept = administration.server_state(admin).backups
    assert len(kept) == KEPT and kept[0].name == made.name and kept[0].size > 0
    folder = services.data_dir.path / "backups" / made.name
    assert not list(folder.rglob("master.key*")) and list((folder / "originals").iterdir())
    key = (services.data_dir.path / "master.key").read_text()
    copy = open_database(folder / "tutor.sqlite", key.strip())
    try:
        with copy.read_connection() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM documents").scalar() == 1
    finally:
        copy.close()


def test_settings_say_where_they_come_from_and_no_secret_is_among_them():
    secret = "s3cr3t-value"
    settings = Settings(
        data_dir=Path("data"), master_key=SecretStr(b64encode(secret.encode() * 3)[:44].decode()), engine_key=secret,
        engine_url=f"http://user:{secret}@host/v1?key={secret}", max_upload_mb=7,
    )  # fmt: skip
    found = {one.variable: one for one in effective_settings(settings, {"TUTOR_MAX_UPLOAD_MB": "7"})}
    assert secret not in str(found) and b64encode(secret.encode()).decode()[:8] not in str(found)
    assert found["TUTOR_ENGINE_KEY"].is_secret and found["TUTOR_MASTER_KEY"].is_secret
    assert found["TUTOR_ENGINE_URL"].value == "http://host/v1"
    assert (found["TUTOR_MAX_UPLOAD_MB"].value, found["TUTOR_MAX_UPLOAD_MB"].source) == ("7", Source.ENVIRONMENT)
    assert found["TUTOR_DATA_DIR"].source is Source.CHOSEN and found["TUTOR_PORT"].source is Source.DEFAULT
    assert len(found) == len(Settings.model_fields)
