using Lockkeeper.Tests.TestKit.PostgreSql;

namespace Lockkeeper.Tests.TestKit;

/// <summary>Projects whose target in dev stands for many tenants.</summary>
public static class TenantProject
{
    /// <summary>Schemas t0001, t0002 and so on, listed by a table.</summary>
    /// <param name="count">How many.</param>
    /// <param name="further">Further keys of the target, for example <c>, canary: 1</c>.</param>
    public static async Task<LkProject> OfSchemasAsync(int count, string further = "")
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].AddSchemasAsync(count);
        return project.WithTenants("dev", further);
    }

    /// <summary>Points an environment at the schemas that its database lists.</summary>
    public static LkProject WithTenants(this LkProject project, string environment, string further = "") => project.Target(
        environment, $$"""{ url: "${env:URL_{{environment.ToUpperInvariant()}}}", schemas: { query: "SELECT schema FROM public.tenants ORDER BY 1" }{{further}} }""");

    /// <summary>Makes the schemas and the table that lists them.</summary>
    public static Task AddSchemasAsync(this TestDatabase database, int count) => database.ExecuteAsync(
        $"""
        CREATE TABLE public.tenants (schema text);
        INSERT INTO public.tenants SELECT 't' || lpad(i::text, 4, '0') FROM generate_series(1, {count}) i;
        DO $$ BEGIN FOR i IN 1..{count} LOOP EXECUTE format('CREATE SCHEMA %I', 't' || lpad(i::text, 4, '0')); END LOOP; END $$;
        """);

    /// <summary>Two migrations with their ways back.</summary>
    public static LkProject WithTwoMigrations(this LkProject project) => project
        .Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);", "DROP TABLE orders;")
        .Migration("0002_note", "CREATE INDEX orders_note ON orders (note);", "DROP INDEX orders_note;");

    /// <summary>How many tenants have a migration in place.</summary>
    public static Task<string?> AppliedAsync(this TestDatabase database, string id) =>
        database.ScalarAsync($"SELECT count(*)::text FROM lockkeeper.migrations WHERE id = '{id}' AND outcome = 'applied'");
}
