"""Settings, read once from TUTOR_* environment variables and passed down."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge import languages
from tutor.errors import SetupError


class Settings(BaseSettings):
    """Everything that an operator can choose; a field `x` is read from TUTOR_X."""

    model_config = SettingsConfigDict(env_prefix="TUTOR_", frozen=True, extra="ignore")

    data_dir: Path = Path("var")
    master_key: SecretStr | None = None  # 32 bytes in base64; None: the file master.key in the data folder
    next_master_key: SecretStr | None = None  # for `keys rotate`
    model: str = "auto"  # auto | standard | small | plain | scripted | a hub id | a folder
    models_dir: Path | None = None  # of downloaded models; None: in the virtual environment, else in the data folder
    kernel: str = "auto"  # auto | int8-rows | int4-groups | nf4 | fp32: computes the standard model's linear layers
    embedder: str = "auto"  # auto (multilingual) | minilm (English) | multilingual | a hub id | a folder
    engine_url: str | None = None  # an OpenAI-compatible server instead of the local engine
    engine_key: str | None = None
    engine_parameters_b: float | None = Field(default=None, ge=0, le=100_000)  # billions; None: by the model's name
    vision_model: str | None = None  # the model of that server that reads pictures; None: OCR reads them
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    public_url: str | None = None  # how sign-in links begin; default http://host:port
    hosts: str = ""  # more host names that the server answers to, with commas; *: any
    behind_proxy: bool | None = None  # whether X-Forwarded-For tells the client's address; None: on a Space
    language: str = languages.DEFAULT
    oidc_issuer: str | None = None  # of a provider of accounts (OpenID Connect); with the two below, else none of them
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None

    max_question_chars: int = Field(default=8_000, ge=1)
    max_upload_mb: int = Field(default=50, ge=1)
    max_answer_tokens: int = Field(default=200, ge=1)
    answer_time_limit_s: float = Field(default=120.0, gt=0)
    passages_per_prompt: int | None = Field(default=None, ge=1)  # None: as many as models of this size read well
    history_turns: int = Field(default=3, ge=0)
    queue_size: int = Field(default=32, ge=1)
    slots: int | None = Field(default=None, ge=1)  # None, here and below: chosen for the device
    prefill_chunk: int | None = Field(default=None, ge=8)  # tokens of a prompt per step
    prefill_rows: int | None = Field(default=None, ge=1)  # prompts per step
    bank_dtype: Literal["fp32", "bf16"] | None = None  # of the loaded adapters
    adapter_cache_mb: int | None = Field(default=None, ge=0)  # memory for adapters
    unpacked_weights_mb: int | None = Field(default=None, ge=0)  # unpacked weights read prompts faster
    prompt_cache_mb: int | None = Field(default=None, ge=0)  # memory for prefixes of prompts
    preference_steps: int = Field(default=0, ge=0)  # DPO steps of a training; 0: none
    guests_per_minute: int = Field(default=60, ge=1)  # from one address, without a course's code
    learner_idle_days: float = Field(default=30, gt=0)  # after which a session that is not used ends
    learner_session_days: float = Field(default=180, gt=0)  # after which every session ends
    staff_idle_hours: float = Field(default=192, gt=0)
    staff_session_hours: float = Field(default=720, gt=0)
    guest_days: int = Field(default=365, ge=0)  # 0, here and below: for good; else inactive guests are erased
    deleted_chat_days: int = Field(default=30, ge=0)  # after which a chat that its owner deleted is gone
    audit_days: int = Field(default=730, ge=0)  # after which rows of the audit log are deleted
    sample_course: bool = True  # create the sample course where there is none

    @property
    def url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def oidc_is_on(self) -> bool:
        """Whether people can sign in with a provider of accounts. Raises SetupError where only a part of it is set."""
        parts = [bool(part) for part in (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)]
        if any(parts) and not all(parts):
            raise SetupError("set all of TUTOR_OIDC_ISSUER, TUTOR_OIDC_CLIENT_ID and TUTOR_OIDC_CLIENT_SECRET, or none")
        return all(parts)

    @property
    def is_behind_proxy(self) -> bool:
        return "SPACE_ID" in os.environ if self.behind_proxy is None else self.behind_proxy


_KEYS = ("TUTOR_MASTER_KEY", "TUTOR_NEXT_MASTER_KEY", "TUTOR_OIDC_CLIENT_SECRET")


def take_settings(**chosen: Any) -> Settings:
    """Return the settings as `read_settings` does, and remove the keys from the environment of child processes."""
    settings = read_settings(**chosen)
    for name in _KEYS:
        os.environ.pop(name, None)
    return settings


def read_settings(**chosen: Any) -> Settings:
    """Return the settings of the environment, and those that were chosen; raises SetupError that names wrong ones.

    What was set is not repeated: it may be a key.
    """
    try:
        settings = Settings(**chosen)
    except ValidationError as error:
        wrong = [f"TUTOR_{str(one['loc'][0]).upper()}: {one['msg'].lower()}" for one in error.errors()]
        raise SetupError(f"settings that cannot be used: {'; '.join(wrong)}") from None
    _ = settings.oidc_is_on  # raises where only a part is set
    return settings
