"""Friendly pseudonyms for learners, who need not give their real name."""

from __future__ import annotations

import secrets

_ADJECTIVES = (
    "amber bold brave bright calm clear clever cosy curious eager early fair gentle glad golden green happy honest "
    "jolly keen kind lively lucky mellow merry mild neat nimble patient plain proud quick quiet rosy silver steady "
    "sunny swift tidy warm wise witty"
).split()
_ANIMALS = (
    "badger beaver bee bison cat crane cricket deer dolphin dove duck eagle falcon finch fox gecko goose hare hawk "
    "heron ibis jay koala lark lynx magpie marten mole moose moth otter owl panda pigeon puffin rabbit raven robin "
    "seal sparrow stork swan tern tiger toad trout turtle whale wolf wren"
).split()


def random_pseudonym() -> str:
    """Return a name such as quiet-heron-421, one of about two million; the caller draws again when it is taken."""
    return f"{secrets.choice(_ADJECTIVES)}-{secrets.choice(_ANIMALS)}-{secrets.randbelow(900) + 100}"
