using Lockkeeper.Kernel.Config;
using Lockkeeper.Migrate.Fix;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Fixes;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Fixes;

public sealed class FixTests
{
    private const string Before = """
        CREATE TABLE customers (id bigint PRIMARY KEY, email text);
        CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text, state text, total int, amount int NOT NULL, made_at timestamptz);
        CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        """;

    public static TheoryData<string, string> Cases => new()
    {
        { "index", "CREATE INDEX orders_note_idx ON orders (note);" },
        { "index-if-not-exists", "CREATE UNIQUE INDEX IF NOT EXISTS orders_note_idx ON orders (lower(note)) WHERE note <> 'create index';" },
        { "drop-index", "DROP INDEX IF EXISTS orders_a, app.\"Orders B\";" },
        { "foreign-key", "ALTER TABLE ONLY orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;" },
        { "check", "ALTER TABLE orders ADD CHECK (total >= 0), ADD CONSTRAINT \"Both\" CHECK (total >= 0 AND amount > 0);" },
        { "not-null", "ALTER TABLE orders ALTER note SET NOT NULL;" },
        { "unique", "ALTER TABLE customers ADD CONSTRAINT customers_email UNIQUE (email);" },
        { "several-parts", "ALTER TABLE orders\n    ADD COLUMN a int, -- first\n    ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers,\n    ADD COLUMN b numeric(10, 2) DEFAULT 0,\n    ALTER note SET NOT NULL;" },
        { "new-column-with-reference", "ALTER TABLE orders ADD COLUMN region_id int DEFAULT 1 CONSTRAINT region_fk REFERENCES regions (id) NOT NULL CHECK (region_id > 0);" },
        { "volatile-default", "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();" },
        { "type", "ALTER TABLE orders ALTER COLUMN amount TYPE bigint USING amount * 100;" },
        { "batches", "UPDATE orders o SET state = 'new' WHERE state IS NULL OR state = '';\nDELETE FROM orders;" },
        { "rename-column", "ALTER TABLE orders RENAME made_at TO created_at;" },
        { "rename-table", "ALTER TABLE customers RENAME TO clients;" },
        { "detach", "ALTER TABLE events DETACH PARTITION events_1;" },
        { "enum-value", "ALTER TYPE mood ADD VALUE 'late';\nUPDATE customers SET email = 'late'::mood::text WHERE id = 1;" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void what_is_unsafe_becomes_the_safe_sequence(string name, string sql)
    {
        var (fix, text) = Fix(sql);
        text.ShouldNotBeNull(string.Join('\n', fix?.Left.Select(finding => finding.Message) ?? ["nothing found"]));
        Golden.Check($"tests/Unit/Migrate/PostgreSql/Fixes/Golden/{name}.sql", text);
    }

    [Theory]
    [InlineData("ALTER TABLE orders ALTER COLUMN id TYPE numeric;", "primary key")]
    [InlineData("ALTER TABLE unknown_table ALTER COLUMN a TYPE bigint;", "not known here")]
    [InlineData("UPDATE orders SET id = id + 1;", "of the primary key")]
    [InlineData("UPDATE orders SET total = (SELECT max(total) FROM orders);", "beside the row that it changes")]
    [InlineData("UPDATE events SET at = now();", "no primary key")]
    [InlineData("ALTER TABLE orders ADD COLUMN must text NOT NULL;", "only you know")]
    [InlineData("CREATE INDEX ON orders (note);", "has no name")]
    public void what_cannot_be_made_safe_is_said(string sql, string reason) =>
        Fix(sql).Fix.ShouldNotBeNull().Left.ShouldContain(finding => finding.Message.Contains(reason, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void a_fixed_file_has_nothing_more_to_fix(string name, string sql)
    {
        var (_, text) = Fix(sql);
        var (again, _) = Fix(text!, noTransaction: true);
        (again?.Edits ?? []).ShouldBeEmpty($"{name}: {text}");
    }

    [Fact]
    public void a_suppressed_finding_stays_as_it_is() =>
        Fix("-- lk: allow require-concurrent-index-creation: the table is written to at night only\nCREATE INDEX orders_note_idx ON orders (note);").Fix.ShouldBeNull();

    private static (ScriptFix? Fix, string? Text) Fix(string sql, bool noTransaction = false)
    {
        Migration[] migrations = [Of("0001", Before, false), Of("0002", sql, noTransaction)];
        var series = new MigrationSeries("shop", "plain", "a test", migrations);
        var input = new LintInput(series, new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "migrations" }, migration => migration.Id == "0002");
        var fix = new PostgreSqlFixer().Fix(input, new LintPolicy(new PolicyConfig(), new PostgreSqlLinter().Rules), CancellationToken.None).SingleOrDefault();
        if (fix is null || (fix.Edits.Count == 0 && !fix.CommitsEach))
            return (fix, null);
        var text = fix.Edits.OrderByDescending(edit => edit.Start).Aggregate(sql, (now, edit) => now[..edit.Start] + edit.Text + now[edit.End..]);
        return (fix, fix.CommitsEach ? "-- lk: no-transaction\n" + text : text);
    }

    private static Migration Of(string id, string sql, bool noTransaction) =>
        new(id, MigrationKind.Planned, null, id, MigrationScript.Of(sql, $"{id}.sql") with { NoTransaction = noTransaction }, null);
}
