"""Parts of the NLU pipeline that config.yml names. They need Rasa and nothing of ours."""
