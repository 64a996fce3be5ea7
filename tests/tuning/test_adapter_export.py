"""A person takes the files of their own adapters along, opened and with their hashes; nobody else gets them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from safetensors.torch import load
from tuning_services import TuningServices

from adapters.errors import AdapterDamaged
from adapters.files import WEIGHTS
from adapters.vault import is_sealed
from tutor.domain import AdapterVersion
from tutor.errors import NotFound
from tutor.locales import t
from tutor.store.schema import audit_log
from tutor.tuning.adapter_export import CONTENTS, AdapterExport
from tutor.ui.person_data_html import _adapter_files, adapter_url


@pytest.fixture
def exported(tuning: TuningServices) -> tuple[AdapterExport, AdapterVersion]:
    """Ann's own version, and a shared one of the course that learnt from her."""
    ids = tuning.add_accepted_corrections(tuning.ann, 3)
    tuning.train(tuning.ann)
    for one in ids:
        tuning.reviews.decide(tuning.instructor, one, accept=True)
    tuning.training.train(tuning.instructor, None, tuning.course)
    export = AdapterExport(tuning.versions)
    (own,) = export.list_own(tuning.ann)
    return export, own


def test_the_zip_has_the_opened_weights_and_the_hash_of_each_file(tuning, exported):
    export, version = exported
    assert is_sealed(tuning.versions.directory(version) / WEIGHTS)
    name, packed = export.pack(tuning.ann, version.id)
    archive = zipfile.ZipFile(io.BytesIO(packed))
    files = {one: archive.read(one) for one in archive.namelist()}
    told = json.loads(files.pop(CONTENTS))
    assert name == version.name == told["adapter"] and told["sha256"][WEIGHTS] == version.sha256
    assert told["sha256"] == {one: hashlib.sha256(data).hexdigest() for one, data in files.items()}
    assert load(files[WEIGHTS]) and "adapter_config.json" in files


def test_nobody_else_gets_it_not_even_who_teaches_the_course_and_the_shared_one_is_nobodys(tuning, exported):
    export, version = exported
    shared = tuning.versions.list_versions(tuning.instructor, None, tuning.course)[0]
    for actor, wanted in (
        (tuning.bob, version.id),
        (tuning.instructor, version.id),
        (tuning.ann, shared.id),
        (tuning.instructor, shared.id),
        (tuning.ann, "none"),
        (tuning.ann, ""),
    ):
        with pytest.raises(NotFound):
            export.pack(actor, wanted)
    assert export.list_own(tuning.bob) == []


def test_taking_it_along_is_logged_and_changed_files_are_refused(tuning, exported):
    export, version = exported
    export.pack(tuning.ann, version.id)
    with tuning.database.read_connection() as connection:
        acts = [*connection.execute(audit_log.select()).mappings()]
    assert acts[-1]["act"] == "data of a person exported" and acts[-1]["course_id"] == tuning.course
    weights = tuning.versions.directory(version) / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(AdapterDamaged):
        export.pack(tuning.ann, version.id)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_with_all_data_links_to_each_version(exported, language):
    _, version = exported
    page = _adapter_files([version], language)
    assert adapter_url(version) in page and t(language, "data_adapter_files") in page and version.name in page
