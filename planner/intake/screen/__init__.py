"""Screening by law: what of a filing, an item or a site remains to be checked, each refusal with its clause."""
