"""Every word we say to a model: one Jinja file a prompt and language. Rendered by `tutor.chat.prompts`."""
