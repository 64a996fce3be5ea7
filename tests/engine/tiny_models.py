"""Small random models with a word-per-token vocabulary, and adapters for them, written by PEFT itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.engine.base import AdapterRef, GenerationRequest, Message

WORDS = 160
TEMPLATE = (
    "{% for m in messages %}<|im_start|> {{ m.role }} {{ m.content }} <|im_end|> {% endfor %}"
    "{% if add_generation_prompt %}<|im_start|> assistant {% endif %}"
)


@dataclass
class TinyModel:
    """A model folder with its adapters, and a slow, obvious way to get an answer."""

    files: Any
    adapters: list[AdapterRef]

    def oracle(self, request: GenerationRequest) -> str:
        """Merge the one adapter into a fresh model, generate alone with transformers, decode."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(self.files.directory)
        turns = [{"role": m.role, "content": m.content} for m in request.messages]
        prompt = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt")["input_ids"]
        model = self._merged(request.adapter, AutoModelForCausalLM)
        with torch.inference_mode():
            out = model.generate(prompt, max_new_tokens=request.max_tokens, do_sample=False)[0, prompt.shape[1] :]
        return str(tokenizer.decode(out, skip_special_tokens=True))

    def _merged(self, adapter: AdapterRef | None, auto: Any) -> Any:
        import torch
        from peft import PeftModel

        cache = self.__dict__.setdefault("merged", {})
        key = adapter.name if adapter else ""
        if key not in cache:
            model = auto.from_pretrained(self.files.directory, dtype=torch.float32)
            if adapter:
                model = PeftModel.from_pretrained(model, adapter.directory, torch_device="cpu").merge_and_unload()
            cache[key] = model.eval()
        return cache[key]


def words(*numbers: int) -> str:
    return " ".join(f"w{n % WORDS}" for n in numbers)


def ask(*numbers: int, adapter: AdapterRef | None = None, **options: Any) -> GenerationRequest:
    options.setdefault("learner", adapter.name if adapter else "base")
    options.setdefault("max_tokens", 8)
    return GenerationRequest((Message("user", words(*numbers)),), adapter=adapter, **options)


def make_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    names = ["<|unk|>", "<|im_start|>", "<|im_end|>", "system", "user", "assistant"]
    vocabulary = {word: i for i, word in enumerate([*names, *(f"w{n}" for n in range(WORDS))])}
    raw = Tokenizer(models.WordLevel(vocabulary, unk_token="<|unk|>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        unk_token="<|unk|>",
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        chat_template=TEMPLATE,
    )


def make_adapter(model: Any, directory: Path, name: str, rank: int, base_sha256: str, seed: int) -> AdapterRef:
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    chosen = targets if seed % 2 else targets[:4]
    peft = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=chosen))
    for key, parameter in peft.named_parameters():
        if "lora_B" in key:
            parameter.data.normal_(0, 0.3)
    peft.save_pretrained(directory)
    peft.unload()
    digest = hashlib.sha256((directory / "adapter_model.safetensors").read_bytes()).hexdigest()
    return AdapterRef(name, directory, digest, base_sha256)


def make_tiny(root: Path, kind: str, adapters: int) -> TinyModel:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

    from tutor.engine.model_files import resolve_model_files

    common = {
        "vocab_size": WORDS + 6,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "initializer_range": 0.25,  # large enough that prompts and adapters change the answer
    }
    common |= {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
    torch.manual_seed(11)
    if kind == "llama":
        model: Any = LlamaForCausalLM(LlamaConfig(**common))
    else:
        model = Qwen3ForCausalLM(Qwen3Config(**common, head_dim=16, tie_word_embeddings=True))
    folder = root / "model"
    model.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    files = resolve_model_files(str(folder), root / "var")
    refs = [
        make_adapter(model, root / f"a{i}", f"heron-{i}-v1", (2, 4, 8)[i % 3], files.base_sha256, seed=100 + i)
        for i in range(adapters)
    ]
    return TinyModel(files, refs)
