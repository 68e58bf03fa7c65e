using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>What a target's catalog changes in the verdicts, read by a role that may only read.</summary>
public sealed class LintTargetTests
{
    private const string Schema =
        """
        CREATE TABLE orders (id int PRIMARY KEY, customer_id int, code varchar(20), state varchar(20) CHECK (state <> ''), note text, email varchar(50));
        CREATE TABLE small (id int, note text, CONSTRAINT note_set CHECK (note IS NOT NULL));
        INSERT INTO orders SELECT n, 1, repeat('x', 19), 'new', repeat('x', 400), 'a' FROM generate_series(1, 25000) n;
        INSERT INTO small VALUES (1, 'a');
        CREATE INDEX orders_customer_idx ON orders (customer_id) WHERE customer_id IS NOT NULL;
        CREATE INDEX orders_email_idx ON orders (lower(email));
        CREATE VIEW codes AS SELECT code FROM orders;
        CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
        CREATE TABLE events (at int NOT NULL, kind text) PARTITION BY RANGE (at);
        CREATE TABLE rest PARTITION OF events DEFAULT;
        CREATE TABLE checked (at int NOT NULL, kind text, CHECK (at >= 0 AND at < 10));
        CREATE TABLE unchecked (at int NOT NULL, kind text, CHECK (kind <> ''));
        INSERT INTO events SELECT n, repeat('x', 400) FROM generate_series(1, 25000) n;
        CREATE PUBLICATION everything FOR TABLE small;
        CREATE TABLE counted (id serial PRIMARY KEY);
        SELECT setval('counted_id_seq', 2000000000);
        CREATE TABLE hidden (id serial PRIMARY KEY);
        SELECT setval('hidden_id_seq', 2000000000);
        ANALYZE;
        """;

    [Theory]
    [InlineData("CREATE INDEX i ON orders (note)", "require-concurrent-index-creation", Severity.Error, "orders (25 thousand rows)")]
    [InlineData("CREATE INDEX i ON small (note)", "require-concurrent-index-creation", Severity.Info, "small (1 row)")]
    [InlineData("CREATE INDEX i ON events (kind)", "index-on-partitioned-table", Severity.Error, "events (25 thousand rows)")]
    [InlineData("ALTER TABLE small ALTER COLUMN note SET NOT NULL", "adding-not-nullable-field", null, "")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET NOT NULL", "adding-not-nullable-field", Severity.Error, "note")]
    [InlineData("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES small NOT VALID", "foreign-key-without-index", null, "")]
    [InlineData("ALTER TABLE orders ADD FOREIGN KEY (note) REFERENCES small NOT VALID", "foreign-key-without-index", Severity.Warning, "note")]
    [InlineData("ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)", "alter-type-with-dependent-view", Severity.Error, "codes reads it")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note TYPE varchar(40)", "alter-type-with-dependent-view", null, "")]
    [InlineData("ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)", "changing-column-type", null, "")]
    [InlineData("ALTER TABLE orders ALTER COLUMN state TYPE varchar(40)", "changing-column-type", Severity.Error, "orders_state_check")]
    [InlineData("ALTER TABLE orders ALTER COLUMN email TYPE varchar(60)", "changing-column-type", Severity.Error, "orders_email_idx is built anew")]
    [InlineData("ALTER TABLE orders ALTER COLUMN id TYPE bigint", "changing-column-type", Severity.Error, "from integer to bigint")]
    [InlineData("ALTER TABLE orders ADD COLUMN mail email", "adding-constrained-domain-column", Severity.Error, "domain email")]
    [InlineData("ALTER TABLE events ATTACH PARTITION unchecked FOR VALUES FROM (0) TO (10)", "attach-partition-without-check", Severity.Info, "unchecked (0 rows)")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON orders (id)", "redundant-index", Severity.Warning, "orders_pkey")]
    [InlineData("ALTER TABLE small ADD COLUMN other text", "table-in-publication", Severity.Warning, "everything")]
    [InlineData("DROP INDEX orders_email_idx", "require-concurrent-index-deletion", Severity.Warning, "orders (25 thousand rows)")]
    [InlineData("ALTER TABLE counted ADD COLUMN note text", "integer-sequence-exhaustion", Severity.Error, "2,000,000,000 of 2,147,483,647 (93 %)")]
    [InlineData("ALTER TABLE hidden ADD COLUMN note text", "integer-sequence-exhaustion", null, "")]
    public async Task the_catalog_changes_the_verdict(string sql, string rule, Severity? severity, string said)
    {
        var facts = await Facts.Value;
        var found = SeriesLint.Of("SELECT 1", facts, sql).Where(finding => finding.Rule == rule).ToList();
        if (severity is null)
            found.ShouldBeEmpty();
        else
            found.ShouldContain(finding => finding.Severity == severity && finding.Message.Contains(said), string.Join("\n", found));
    }

    [Fact]
    public async Task sequences_that_the_role_may_not_read_are_named() =>
        (await Facts.Value).NotChecked.ShouldContain(line => line.Contains("may not read 1 of the sequences"));

    [Fact]
    public async Task a_checked_partition_is_attached_without_a_word_about_it_and_the_default_partition_is_named()
    {
        var found = SeriesLint.Of("SELECT 1", await Facts.Value, "ALTER TABLE events ATTACH PARTITION checked FOR VALUES FROM (0) TO (10)").Where(finding => finding.Rule == "attach-partition-without-check").ToList();
        found.ShouldHaveSingleItem().Message.ShouldContain("default partition rest");
    }

    /// <summary>Read once, by a role that may not write, which sees nothing of the rows.</summary>
    private static readonly Lazy<Task<CatalogFacts>> Facts = new(async () =>
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(Schema);
        var role = $"{database.Name}_reader";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; ALTER ROLE {role} SET default_transaction_read_only = on; GRANT CONNECT ON DATABASE \"{database.Name}\" TO {role}; GRANT SELECT ON counted_id_seq TO {role}");
        var before = await WrittenAsync(database);
        var facts = await CatalogReader.ReadAsync(PostgreSqlServer.At(database.UrlAs(role, "secret"), new Redactor()), [], CancellationToken.None);
        (await WrittenAsync(database)).ShouldBe(before, "reading the catalog wrote something");
        await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        return facts;
    });

    /// <summary>Every change of a row, of the catalog's too, leaves its transaction's number; reading uses none.</summary>
    private static Task<string?> WrittenAsync(TestDatabase database) => database.ScalarAsync("SELECT string_agg(oid || ' ' || xmin::text, ',' ORDER BY oid) FROM pg_class");
}
