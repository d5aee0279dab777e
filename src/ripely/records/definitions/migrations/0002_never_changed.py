from django.db import migrations

FORBID = """
CREATE FUNCTION definitions_version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a definition is never changed or deleted';
END $$;
CREATE TRIGGER definitions_version_is_final
    BEFORE UPDATE OR DELETE ON definitions_version
    FOR EACH STATEMENT EXECUTE FUNCTION definitions_version_is_final();
"""
ALLOW = """
DROP TRIGGER definitions_version_is_final ON definitions_version;
DROP FUNCTION definitions_version_is_final;
"""


class Migration(migrations.Migration):
    dependencies = [("definitions", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
