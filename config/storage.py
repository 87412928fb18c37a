from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for ever-cached files; the editor's ES modules import each other by hashed names too."""

    support_js_module_import_aggregation = True
