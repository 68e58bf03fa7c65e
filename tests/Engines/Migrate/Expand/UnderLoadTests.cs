using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>
/// Every phase of a change, there and back, while the old and the new application insert, update and delete: rows of their own, of which none may be lost, and the same rows at once, in which both forms have to agree.
/// </summary>
public sealed class UnderLoadTests
{
    private const int SharedRows = 60;

    private static readonly string?[] Words = ["one two", null, "Jean Luc", "a b", "x y", "o'b \"c\""];
    private static readonly string?[] Numbers = ["2147483647", "-2147483648", "0", null, "-1", "1"];

    private static Dictionary<string, LoadCase> Cases => new()
    {
        ["rename"] = new(
            "CREATE TABLE orders (id bigint PRIMARY KEY, note text DEFAULT 'none'); CREATE INDEX orders_note_idx ON orders (lower(note)); INSERT INTO orders SELECT n, CASE WHEN n % 3 > 0 THEN 'note ' || n END FROM generate_series(1, 6000) n;",
            ["rename-column", "orders.note", "--to", "remark"], "SELECT count(*)::text FROM orders WHERE note IS DISTINCT FROM remark", "SELECT sum(length(coalesce({0}, '?')))::text FROM orders", "note", "remark",
            Of("orders", "note", "$2"), Of("orders", "remark", "$2"), Words),
        ["type at the borders"] = new(
            "CREATE TABLE orders (id bigint PRIMARY KEY, number int UNIQUE DEFERRABLE INITIALLY DEFERRED, count int); INSERT INTO orders (id, count) SELECT n, CASE WHEN n % 3 > 0 THEN n END FROM generate_series(1, 6000) n;",
            ["change-type", "orders.count", "--type", "bigint"], "SELECT count(*)::text FROM orders WHERE count IS DISTINCT FROM count_new", "SELECT sum({0})::text FROM orders", "count", "count_new",
            Of("orders", "count", "$2::text::int"), Of("orders", "count_new", "$2::text::bigint"), Numbers) { NewAfter = Of("orders", "count", "$2::text::bigint") },
        ["type that loses digits"] = new(
            "CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric(12,3)); INSERT INTO orders SELECT n, CASE WHEN n % 3 > 0 THEN n / 8.0 END FROM generate_series(1, 6000) n;",
            ["change-type", "orders.amount", "--type", "bigint", "--using", "trunc(amount * 100)::bigint", "--back", "amount_new / 100.0"], "SELECT count(*)::text FROM orders WHERE trunc(amount * 100)::bigint IS DISTINCT FROM amount_new",
            "SELECT sum({0})::text FROM orders", "trunc(amount * 100)::bigint", "amount_new",
            Of("orders", "amount", "$2::text::numeric / 100 + 0.003", "trunc(amount * 100)::bigint"), Of("orders", "amount_new", "$2::text::bigint"), ["12345", null, "0", "7", "99999"])
            { NewAfter = Of("orders", "amount", "$2::text::bigint") },
        ["split"] = new(
            "CREATE TABLE customers (id bigint PRIMARY KEY, name text); CREATE INDEX customers_name_idx ON customers (name); INSERT INTO customers SELECT n, CASE WHEN n % 3 > 0 THEN 'first' || n || ' last' END FROM generate_series(1, 6000) n;",
            ["split-column", "customers.name", "--into", "first text = split_part(name, ' ', 1); last text = split_part(name, ' ', 2)", "--back", "first || ' ' || last"],
            "SELECT count(*)::text FROM customers WHERE name IS DISTINCT FROM first || ' ' || last", "SELECT sum(length(coalesce({0}, '?')))::text FROM customers", "name", "first || ' ' || last",
            Of("customers", "name", "$2"),
            new("INSERT INTO customers (id, first, last) VALUES ($1, split_part($2, ' ', 1), split_part($2, ' ', 2))", "UPDATE customers SET first = split_part($2, ' ', 1), last = split_part($2, ' ', 2) WHERE id = $1",
                "SELECT first || ' ' || last FROM customers WHERE id = $1", "DELETE FROM customers WHERE id = $1"),
            ["one two", null, "Jean Luc", "a b"]),
        ["not null"] = new(
            "CREATE TABLE customers (tenant int, id bigint, email text, PRIMARY KEY (tenant, id)); INSERT INTO customers SELECT 1, n, CASE WHEN n % 3 > 0 THEN 'c' || n END FROM generate_series(1, 6000) n;",
            ["set-not-null", "customers.email", "--using", "'nobody'"], "SELECT count(*)::text FROM customers WHERE email IS NULL", "SELECT sum(length({0}))::text FROM customers", "email", "email",
            new("INSERT INTO customers (tenant, id, email) VALUES (1, $1, $2)", "UPDATE customers SET email = $2 WHERE tenant = 1 AND id = $1", "SELECT nullif(email, 'nobody') FROM customers WHERE tenant = 1 AND id = $1", "DELETE FROM customers WHERE tenant = 1 AND id = $1"),
            new("INSERT INTO customers (tenant, id, email) VALUES (1, $1, coalesce($2, 'nobody'))", "UPDATE customers SET email = coalesce($2, 'nobody') WHERE tenant = 1 AND id = $1", "SELECT nullif(email, 'nobody') FROM customers WHERE tenant = 1 AND id = $1",
                "DELETE FROM customers WHERE tenant = 1 AND id = $1"), Words),
        ["move"] = new(
            "CREATE TABLE customers (id bigint PRIMARY KEY, street text, city text NOT NULL DEFAULT 'nowhere'); CREATE INDEX customers_street_idx ON customers (street); INSERT INTO customers SELECT n, CASE WHEN n % 3 > 0 THEN 's' || n END, 'c' FROM generate_series(1, 3000) n;",
            ["move-columns", "customers.street,city", "--to", "addresses"], "SELECT count(*)::text FROM customers c FULL JOIN addresses a USING (id) WHERE (c.street, c.city) IS DISTINCT FROM (a.street, a.city)",
            "SELECT sum(length(coalesce({0}, '?')))::text FROM customers c LEFT JOIN addresses a USING (id)", "c.street", "a.street",
            Of("customers", "street", "$2"),
            new("WITH one AS (INSERT INTO customers (id) VALUES ($1)) INSERT INTO addresses (id, street, city) VALUES ($1, $2, 'here')",
                "INSERT INTO addresses (id, street, city) VALUES ($1, $2, 'there') ON CONFLICT (id) DO UPDATE SET street = excluded.street, city = excluded.city",
                "SELECT street FROM addresses WHERE id = $1", "DELETE FROM customers WHERE id = $1"), Words) { NewComesAfterBackfill = true },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task both_forms_agree_and_no_row_is_lost_while_two_versions_write_the_same_rows(string name)
    {
        var one = Cases[name];
        await using var change = await ExpandProject.CreateAsync(one.Schema, one.Intent);
        var (project, dev) = (change.Project, change.Project["dev"]);
        await using var old = new Application(dev, one.Old, 100_000, Value, sharedRows: SharedRows);
        await change.ApplyAsync(change.Phases[0]);
        if (one.NewComesAfterBackfill)
            await change.ApplyAsync(change.Phases[1]);
        await using var made = new Application(dev, one.New, 200_000, n => Value(n + 1), sharedRows: SharedRows);
        if (!one.NewComesAfterBackfill)
            await change.ApplyAsync(change.Phases[1]);
        (await dev.ScalarAsync(one.Differ)).ShouldBe("0");
        await RoundsAsync(old, made);
        await old.StopAsync();
        // A type that keeps its name ends the statements of the new application that have the name of between.
        if (one.NewAfter is not null)
            await made.StopAsync();
        (await dev.ScalarAsync(one.Differ)).ShouldBe("0");

        var expanded = await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot");
        await change.ApplyAsync(change.Phases[2]);
        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")).ShouldBe(expanded);
        (await dev.ScalarAsync(one.Differ)).ShouldBe("0");
        if (one.NewAfter is null)
        {
            await RoundsAsync(made);
            await made.StopAsync();
        }

        (await dev.ScalarAsync(one.Differ)).ShouldBe("0");
        (await dev.ScalarAsync(Sum(one.OldValue))).ShouldBe(await dev.ScalarAsync(Sum(one.NewValue)));
        foreach (var application in new[] { old, made })
        {
            foreach (var (row, value) in application.Written)
                (await dev.ScalarAsync(one.New.Read.Replace("$1", $"{row}", StringComparison.Ordinal))).ShouldBe(value, $"row {row}");
        }

        var table = one.Intent[1].Split('.')[0];
        var own = old.Written.Keys.Concat(made.Written.Keys).Order().ToList();
        (await dev.ScalarAsync($"SELECT string_agg(id::text, ' ' ORDER BY id) FROM {table} WHERE id >= 100000")).ShouldBe(string.Join(' ', own));
        (await dev.ScalarAsync($"SELECT count(*)::text FROM {table} WHERE id BETWEEN {SharedRows + 1} AND 99999")).ShouldBe(await dev.ScalarAsync($"SELECT (max(id) - {SharedRows})::text FROM {table} WHERE id < 100000"));
        if (one.NewAfter is { } after)
        {
            await change.AgainAsync();
            await using var later = new Application(dev, after, 300_000, Value, sharedRows: SharedRows);
            await RoundsAsync(later);
            await later.StopAsync();
        }

        string Sum(string column) => string.Format(System.Globalization.CultureInfo.InvariantCulture, one.Sum, column);
        string? Value(int n) => one.Values[n % one.Values.Length];
    }

    [Fact]
    public async Task a_value_that_the_old_type_cannot_hold_is_refused_until_the_contract_and_nothing_is_cut()
    {
        await using var change = await ExpandProject.CreateAsync("CREATE TABLE orders (id int PRIMARY KEY, count int); INSERT INTO orders VALUES (1, 2147483647);", "change-type", "orders.count", "--type", "bigint");
        var dev = change.Project["dev"];
        await change.ApplyAsync(change.Phases[0]);
        var refused = await Should.ThrowAsync<Npgsql.PostgresException>(() => dev.ExecuteAsync("UPDATE orders SET count_new = 2147483648 WHERE id = 1"));
        refused.SqlState.ShouldBe("22003");
        await change.ApplyAsync(change.Phases[1]);
        (await dev.ScalarAsync("SELECT count || ' ' || count_new FROM orders")).ShouldBe("2147483647 2147483647");
        await change.ApplyAsync(change.Phases[2]);
        await dev.ExecuteAsync("UPDATE orders SET count = 2147483648 WHERE id = 1");
        // The way back does not cut it either: it ends at the row, and says so.
        var back = await change.Project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        back.ExitCode.ShouldNotBe(0);
        back.Errors.ShouldContain("integer out of range");
        await dev.ExecuteAsync("UPDATE orders SET count_new = 7 WHERE id = 1");
        var again = await change.Project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await dev.ScalarAsync("SELECT count || ' ' || count_new FROM orders")).ShouldBe("7 7");
    }

    /// <summary>Waits until each has gone over all of its rows more than once.</summary>
    private static async Task RoundsAsync(params Application[] applications)
    {
        var goals = applications.Select(application => application.Rounds + 120).ToList();
        while (applications.Where((application, i) => application.Rounds < goals[i] && !application.HasEnded).Any())
            await Task.Delay(20);
    }

    private static Version Of(string table, string column, string value, string? read = null) => new(
        $"INSERT INTO {table} (id, {column}) VALUES ($1, {value})", $"UPDATE {table} SET {column} = {value} WHERE id = $1", $"SELECT {read ?? column} FROM {table} WHERE id = $1", $"DELETE FROM {table} WHERE id = $1");

    private sealed record LoadCase(string Schema, string[] Intent, string Differ, string Sum, string OldValue, string NewValue, Version Old, Version New, string?[] Values)
    {
        /// <summary>The new application's statements after the contract, where they are others.</summary>
        public Version? NewAfter { get; init; }

        public bool NewComesAfterBackfill { get; init; }
    }
}
