"""A third language on the pages: a folder with three messages is spoken, chosen, and English for the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = '''"""Armenian."""

from knowledge.languages import Language

LANGUAGE = Language("hy", name="Հայերեն", english_name="Armenian", script="\\u0531-\\u0587")
'''
SPOKEN = '''"""Three messages."""

MESSAGES = {"welcome_start": "Սկսել", "sign_out": "Ելք", "next_begun": "{skill}՝ սկսված է"}
'''
PAGES = """
import sys
from pathlib import Path

import httpx

import knowledge.languages
import tutor.locales

knowledge.languages.__path__.append(sys.argv[1])
tutor.locales.__path__.append(sys.argv[2])
tutor.locales.CATALOGS.update(tutor.locales.load_catalogs())
sys.path.append("tests")

from page_server import serve_app
from tutor.locales import t
from tutor.ui import chat_updates
from tutor.ui.gradio_i18n import referenced_messages

with serve_app(Path(sys.argv[3])) as services:
    headers = {"accept-language": "hy"}
    client = httpx.Client(base_url=services.settings.url, timeout=20, headers=headers, trust_env=False)
    welcome = client.get("/").text
    assert '<html lang="hy">' in welcome and "Սկսել" in welcome and t("en", "welcome_lead") in welcome
    assert client.post("/guest").status_code == 303
    guest = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert guest.language == "hy"

    # Gradio shows the messages in the language of the page, those that are missing in English.
    shown = referenced_messages().translations["hy"]
    assert "tutor_sign_out" not in shown and shown["tutor_new_chat"] == t("en", "new_chat")
    assert '"hy"' in client.get("/").text
    assert "Ելք" in chat_updates.render_account_links(guest)
    assert t("hy", "next_begun", skill="X") == "X՝ սկսված է"

    # Everybody may choose it, and leave it again.
    assert client.post("/language", data={"language": "en"}).status_code == 303
    english = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert english.language == "en" and "Հայերեն" in chat_updates.render_account_links(english)
    assert client.post("/language", data={"language": "hy"}).status_code == 303
    assert services.accounts.person_for_session(client.cookies["tutor_session"]).language == "hy"
"""


def test_a_folder_of_messages_is_spoken_on_the_pages(tmp_path: Path) -> None:
    """Run in a new process, because a process looks for languages only once."""
    for kind, files in (
        ("read", {"__init__.py": READ}),
        ("spoken", {"__init__.py": '"""Armenian."""', "a.py": SPOKEN}),
    ):
        (tmp_path / kind / "hy").mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / kind / "hy" / name).write_text(text, "utf-8")
    folders = [str(tmp_path / name) for name in ("read", "spoken", "data")]
    (tmp_path / "data").mkdir()
    command = [sys.executable, "-c", PAGES, *folders]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
