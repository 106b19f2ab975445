"""The desk's pages, at /admin/desk/. They show what the verbs of ``billing.desk`` know, and call them; no rule is here."""
