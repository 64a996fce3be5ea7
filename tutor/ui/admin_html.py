"""The administrators' pages as HTML: the server at a glance, the people on it, and one account. No requests."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime

from tutor.domain import Person, Role
from tutor.engine.base import EngineInfo
from tutor.locales import find_message, t
from tutor.locales.formatting import format_day, format_number
from tutor.platform.effective_settings import EffectiveSetting
from tutor.rights.administration import FoundPeople, ServerState
from tutor.ui.static_pages import render_page

ADMIN_PATH = "/admin"
MEGABYTE = 2**20


def render_admin(
    actor: Person,
    found: FoundPeople,
    words: str,
    state: ServerState,
    engine: EngineInfo,
    settings: Sequence[EffectiveSetting],
    note: str = "",
) -> str:
    """Return the whole page; `note` is what the last button did."""
    language = actor.language
    sections = (
        ("people", _people(found, words, language) + _invitation(language)),
        ("engine", _engine(engine, state, language)),
        ("storage", _storage(state, language)),
        ("backups", _backups(state, language)),
        ("audit", _audit(state, language)),
        ("settings", _settings(settings, language)),
    )
    titles = [(name, t(language, f"admin_{name}")) for name, _ in sections]
    menu = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in titles)
    body = "".join(
        f'<section id="{name}"><h2>{title}</h2>{content}</section>'
        for (name, title), (_, content) in zip(titles, sections, strict=True)
    )
    return _page(language, f'<nav aria-label="{t(language, "admin")}"><ul>{menu}</ul></nav>{body}', note)


def render_person(actor: Person, person: Person, note: str = "", link: str = "") -> str:
    """Return the page of one account; `link` is a one-time link that was just made."""
    language = actor.language
    facts = [t(language, f"role_{person.role.value}"), _since(person.created_at, language)]
    facts += [t(language, "admin_guest")] * person.guest + [t(language, "admin_paused")] * person.is_paused
    body = f"<h2>{html.escape(person.listed_as)}</h2><p>{' · '.join(facts)}</p>{_link(link, language)}"
    body += _button(person, "link", t(language, "admin_make_link"))
    if person.id == actor.id:
        body += f'<p class="soft">{t(language, "admin_own_account")}</p>'
    else:
        body += _role_form(person, language) + _button(person, "sign-out", t(language, "admin_sign_out"))
        pause = "resume" if person.is_paused else "pause"
        body += f'<p class="soft">{t(language, "admin_pause_about")}</p>'
        body += _button(person, pause, t(language, f"admin_{pause}")) + _erase_form(person, language)
    back = f'<p><a href="{ADMIN_PATH}#people">{t(language, "admin_back")}</a></p>'
    return _page(language, body + back, note)


def _page(language: str, body: str, note: str) -> str:
    said = f'<p role="status" class="note">{html.escape(note)}</p>' if note else ""
    links = f'<a href="/teach">{t(language, "teach")}</a> · <a href="/">{t(language, "to_chat")}</a>'
    head = f'<h1>{t(language, "admin")}</h1><p class="where">{links}</p>'
    return render_page(language, t(language, "admin"), f'<div class="admin">{head}{said}{body}</div>', wide=True)


def _people(found: FoundPeople, words: str, language: str) -> str:
    label = t(language, "admin_find")
    form = (
        f'<form method="get" action="{ADMIN_PATH}" role="search"><label for="q">{label}</label>'
        f'<input id="q" name="q" type="search" maxlength="80" value="{html.escape(words)}">'
        f'<button class="second">{t(language, "admin_find_go")}</button></form>'
    )
    rows = "".join(_person_row(one, language) for one in found.people)
    count = t(language, "admin_people_count", shown=len(found.people), count=found.count)
    return f'{form}<p class="soft">{count}</p><ul class="rows">{rows}</ul>'


def _person_row(person: Person, language: str) -> str:
    facts = [t(language, f"role_{person.role.value}"), _since(person.created_at, language)]
    facts += [t(language, "admin_guest")] * person.guest + [t(language, "admin_paused")] * person.is_paused
    name = html.escape(person.listed_as)
    return (
        f'<li><a href="{ADMIN_PATH}/people/{person.id}">{name}</a> <span class="soft">{" · ".join(facts)}</span></li>'
    )


def _invitation(language: str) -> str:
    return (
        f"<h3>{t(language, 'admin_invite')}</h3>"
        f'<form method="post" action="{ADMIN_PATH}/invite"><label for="name">{t(language, "admin_invite_name")}</label>'
        '<input id="name" name="name" required maxlength="40" autocomplete="off">'
        f"{_role_picker(Role.LEARNER, language)}"
        f"<button>{t(language, 'invite_make')}</button></form>"
    )


def _role_picker(chosen: Role, language: str) -> str:
    options = ""
    for role in Role:
        selected = " selected" if role is chosen else ""
        options += f'<option value="{role.value}"{selected}>{t(language, f"role_{role.value}")}</option>'
    return f'<label for="role">{t(language, "role")}</label><select id="role" name="role">{options}</select>'


def _role_form(person: Person, language: str) -> str:
    action = f"{ADMIN_PATH}/people/{person.id}/role"
    return (
        f'<form method="post" action="{action}">{_role_picker(person.role, language)}'
        f'<button class="second">{t(language, "save")}</button></form>'
    )


def _button(person: Person, action: str, label: str) -> str:
    path = f"{ADMIN_PATH}/people/{person.id}/{action}"
    return f'<form method="post" action="{path}"><button class="second">{label}</button></form>'


def _erase_form(person: Person, language: str) -> str:
    label = html.escape(t(language, "admin_erase_name", name=person.name))
    return (
        f"<h3>{t(language, 'admin_erase')}</h3><p>{t(language, 'admin_erase_about')}</p>"
        f'<form method="post" action="{ADMIN_PATH}/people/{person.id}/erase"><label for="typed">{label}</label>'
        f'<input id="typed" name="name" required maxlength="80" autocomplete="off">'
        f'<button class="danger">{t(language, "admin_erase")}</button></form>'
    )


def _link(link: str, language: str) -> str:
    if not link:
        return ""
    shown = html.escape(link)
    return (
        f'<p><label for="link">{t(language, "admin_link_made")}</label>'
        f'<input id="link" class="long" readonly value="{shown}"></p>'
    )


def _engine(engine: EngineInfo, state: ServerState, language: str) -> str:
    facts = [
        (t(language, "admin_model"), f"{engine.model} ({engine.quantization})"),
        (t(language, "admin_state"), t(language, f"admin_state_{engine.state.value}")),
        (t(language, "admin_device"), " · ".join(filter(None, (engine.device, engine.kernel)))),
        (t(language, "admin_running"), format_number(language, state.running_turns)),
    ]
    if engine.queue is not None:
        queue = engine.queue
        computed = t(language, "admin_queue_computed", count=queue.running, most=queue.slots)
        waiting = t(language, "admin_queue_waiting", count=queue.waiting, most=queue.places)
        facts.append((t(language, "admin_queue"), f"{computed} · {waiting}"))
    facts += [(_job_name(kind, language), format_number(language, count)) for kind, count in state.open_jobs.items()]
    if engine.detail:
        facts.append((t(language, "admin_detail"), engine.detail))
    return _facts(facts)


def _job_name(kind: str, language: str) -> str:
    key = f"admin_jobs_{kind}"
    return t(language, key) if find_message(language, key) else kind


def _storage(state: ServerState, language: str) -> str:
    rows = [(t(language, f"admin_part_{part}"), _size(count, language)) for part, count in state.storage.items()]
    return _facts([*rows, (t(language, "admin_total"), _size(sum(state.storage.values()), language))])


def _backups(state: ServerState, language: str) -> str:
    rows = "".join(
        f"<li>{html.escape(_moment(one.made_at, language))} "
        f'<span class="soft">{html.escape(one.name)} · {_size(one.size, language)}</span></li>'
        for one in state.backups
    )
    shown = f'<ul class="rows">{rows}</ul>' if rows else f"<p>{t(language, 'admin_no_backups')}</p>"
    make = f'<form method="post" action="{ADMIN_PATH}/backup"><button>{t(language, "admin_backup_now")}</button></form>'
    return f'<p class="soft">{t(language, "admin_backups_about")}</p>{shown}{make}'


def _audit(state: ServerState, language: str) -> str:
    button = f'<button class="second">{t(language, "admin_verify")}</button>'
    verify = f'<form method="post" action="{ADMIN_PATH}/audit">{button}</form>'
    return f"<p>{t(language, 'admin_audit_rows', count=state.audit_rows)}</p>{verify}"


def _settings(settings: Sequence[EffectiveSetting], language: str) -> str:
    rows = "".join(
        f'<tr><th scope="row"><code>{one.variable}</code></th><td>{_setting_value(one, language)}</td>'
        f'<td class="soft">{t(language, f"admin_from_{one.source.value}")}</td></tr>'
        for one in settings
    )
    heads = "".join(
        f'<th scope="col">{t(language, f"admin_setting_{name}")}</th>' for name in ("name", "value", "from")
    )
    return (
        f'<p class="soft">{t(language, "admin_settings_about")}</p><div class="wide-table" tabindex="0" role="region" '
        f'aria-label="{t(language, "admin_settings")}"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _setting_value(setting: EffectiveSetting, language: str) -> str:
    if setting.is_secret:
        return t(language, "admin_secret_unset" if setting.value is None else "admin_secret_set")
    return t(language, "admin_unset") if setting.value is None else html.escape(setting.value)


def _facts(rows: Sequence[tuple[str, str]]) -> str:
    return (
        "<dl>" + "".join(f"<div><dt>{name}</dt><dd>{html.escape(value)}</dd></div>" for name, value in rows) + "</dl>"
    )


def _since(moment: datetime, language: str) -> str:
    return t(language, "admin_since", day=format_day(language, moment.date()))


def _moment(moment: datetime, language: str) -> str:
    return f"{format_day(language, moment.date())}, {moment:%H:%M} UTC"


def _size(count: int, language: str) -> str:
    return f"{format_number(language, count / MEGABYTE, 1)} MB"
