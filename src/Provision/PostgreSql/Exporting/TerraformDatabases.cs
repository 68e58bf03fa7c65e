using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>Databases, schemas and extensions as resources of the provider cyrilgdn/postgresql.</summary>
internal static class TerraformDatabases
{
    private const string File = "databases.tf";

    /// <summary>Whether every server has this database, so that no resource may create it.</summary>
    public static bool IsAlwaysThere(string database) => database is "postgres" or "template1";

    public static void Write(ModuleDraft draft)
    {
        foreach (var (name, database) in draft.Cluster.Databases)
        {
            if (IsAlwaysThere(name))
                draft.Note(File, $"{name}: owner, limit and locale of a database that every server has");
            else
                WriteDatabase(draft, name, database.Value);
            foreach (var setting in database.Value.Settings.Keys)
                draft.Note(File, $"{name}: the setting {setting} of the database");
            foreach (var (schema, one) in database.Value.Schemas)
                WriteSchema(draft, name, schema, one.Value);
            foreach (var (extension, one) in database.Value.Extensions)
                WriteExtension(draft, name, extension, one.Value);
            foreach (var table in database.Value.RowSecurity.Keys)
                draft.Note(File, $"{name}: row security and policies of {table}");
        }
    }

    private static void WriteDatabase(ModuleDraft draft, string name, ClusterDatabaseConfig database)
    {
        var text = draft.File(File);
        text.Block("resource", ["postgresql_database", draft.Names.Of("postgresql_database", name)], () =>
        {
            text.Set("name", HclText.Quote(name));
            if (database.Owner is { } owner)
                text.Set("owner", draft.Role(owner.Value));
            text.Set("template", HclText.Quote(database.Template));
            // Without these the provider takes UTF8 and C, and not what the template has.
            text.Set("encoding", HclText.Quote(database.Encoding ?? "DEFAULT"));
            text.Set("lc_collate", HclText.Quote(database.Locale ?? "DEFAULT"));
            text.Set("lc_ctype", HclText.Quote(database.Locale ?? "DEFAULT"));
            text.Set("connection_limit", HclText.Number(database.ConnectionLimit));
            if (draft.Cluster.Protect)
                text.Block("lifecycle", [], () => text.Set("prevent_destroy", "true"));
        });
    }

    private static void WriteSchema(ModuleDraft draft, string database, string name, SchemaConfig schema)
    {
        var text = draft.File(File);
        text.Block("resource", ["postgresql_schema", draft.Names.Of("postgresql_schema", $"{database}_{name}")], () =>
        {
            text.Set("name", HclText.Quote(name));
            text.Set("database", draft.Database(database));
            if (schema.Owner is { } owner)
                text.Set("owner", draft.Role(owner));
        });
    }

    private static void WriteExtension(ModuleDraft draft, string database, string name, ExtensionConfig extension)
    {
        var text = draft.File(File);
        text.Block("resource", ["postgresql_extension", draft.Names.Of("postgresql_extension", $"{database}_{name}")], () =>
        {
            text.Set("name", HclText.Quote(name));
            text.Set("database", draft.Database(database));
            if (extension.Schema is { } schema)
                text.Set("schema", draft.Schema(database, schema));
            if (extension.Version is { } version)
                text.Set("version", HclText.Quote(version));
        });
    }
}
