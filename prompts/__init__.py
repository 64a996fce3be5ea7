"""The prompts: one Jinja file per language and prompt, rendered by `tutor.chat.prompts`."""
