using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>What people change by hand, one after the other: each is found, named, and corrected.</summary>
public sealed class HandMadeDriftTests
{
    private const string Declaration =
        """
        parameters: { work_mem: 8MB, log_min_duration_statement: 1s }
        exact: [roles, databases, schemas, extensions, grants]
        protect: false
        roles:
          shop_owner:
          readers:
          writers:
          app:
            login: true
            password: "${env:APP_PASSWORD}"
            connection_limit: 20
            valid_until: 2100-01-01T00:00:00Z
            member_of: [readers, { role: writers, admin: true }]
            settings: { statement_timeout: 30s, search_path: "app, public" }
            settings_in: { shop: { work_mem: 64MB } }
        databases:
          shop:
            owner: shop_owner
            connection_limit: 50
            settings: { timezone: UTC }
            extensions: { pg_trgm: { schema: extensions, version: "1.6" } }
            schemas: { app: { owner: shop_owner }, extensions: , public: }
            grants:
              - { to: public, kind: database, privileges: [] }
              - { to: [app, readers], kind: database, privileges: connect }
              - { to: [app, readers], kind: schemas, names: app, privileges: usage }
              - { to: app, kind: tables, schema: app, privileges: [select, insert] }
              - { to: readers, kind: tables, schema: app, names: orders, columns: [id], privileges: select }
              - { to: app, kind: sequences, schema: app, privileges: usage }
              - { to: app, kind: functions, schema: app, names: "twice(integer)", privileges: execute }
              - { to: public, kind: functions, schema: app, privileges: [] }
              - { to: app, kind: types, schema: app, names: mood, privileges: usage }
            default_privileges:
              - { creator: shop_owner, schema: app, kind: tables, to: app, privileges: [select, insert] }
              - { creator: shop_owner, kind: functions, to: public, privileges: [] }
            row_security:
              app.orders:
                policies:
                  own: { to: app, using: "owner = current_user" }
        """;

    /// <summary>The database, what somebody does there, and what is said of it.</summary>
    private static readonly (string Database, string Sql, string Words)[] ByHand =
    [
        ("postgres", "ALTER SYSTEM SET work_mem = '9MB'", "parameter work_mem: 9MB → 8MB"),
        ("postgres", "ALTER SYSTEM RESET log_min_duration_statement", "parameter log_min_duration_statement: -1 → 1s"),
        ("postgres", "ALTER SYSTEM SET random_page_cost = 2", "parameter random_page_cost: 2 → not set (set by ALTER SYSTEM and not declared)"),
        ("postgres", "ALTER ROLE app NOLOGIN", "role app: login no → yes"),
        ("postgres", "ALTER ROLE app SUPERUSER", "role app: superuser yes → no"),
        ("postgres", "ALTER ROLE app CREATEDB", "role app: createdb yes → no"),
        ("postgres", "ALTER ROLE app CREATEROLE", "role app: createrole yes → no"),
        ("postgres", "ALTER ROLE app REPLICATION", "role app: replication yes → no"),
        ("postgres", "ALTER ROLE app BYPASSRLS", "role app: bypassrls yes → no"),
        ("postgres", "ALTER ROLE app NOINHERIT", "role app: inherit no → yes"),
        ("postgres", "ALTER ROLE app CONNECTION LIMIT 200", "role app: connection_limit 200 → 20"),
        ("postgres", "ALTER ROLE app VALID UNTIL 'infinity'", "role app: valid_until always → 2100-01-01 00:00:00Z"),
        ("postgres", "ALTER ROLE app PASSWORD 'something else'", "role app: password changed"),
        ("postgres", "ALTER ROLE app PASSWORD NULL", "role app: password set"),
        ("postgres", "REVOKE readers FROM app", "role app: member of readers"),
        ("postgres", "REVOKE ADMIN OPTION FOR writers FROM app", "role app: membership in writers: admin no → yes"),
        ("postgres", "GRANT pg_read_all_data TO app", "role app: no member of pg_read_all_data any more (not declared)"),
        ("postgres", "ALTER ROLE app SET statement_timeout = '1h'", "role app: statement_timeout 1h → 30s"),
        ("postgres", "ALTER ROLE app RESET search_path", "role app: search_path not set → app, public"),
        ("postgres", "ALTER ROLE app SET jit = off", "role app: jit off → not set (not declared)"),
        ("postgres", "ALTER ROLE app IN DATABASE shop RESET work_mem", "role app in shop: work_mem not set → 64MB"),
        ("postgres", "CREATE ROLE mallory LOGIN", "role mallory: dropped (not declared)"),
        ("postgres", "DROP OWNED BY writers; DROP ROLE writers", "role writers: new"),
        ("postgres", "CREATE DATABASE scratch", "database scratch: dropped (not declared)"),
        ("postgres", "ALTER DATABASE shop OWNER TO postgres", "database shop: owner postgres → shop_owner"),
        ("postgres", "ALTER DATABASE shop CONNECTION LIMIT -1", "database shop: connection_limit none → 50"),
        ("postgres", "ALTER DATABASE shop SET timezone = 'Europe/Berlin'", "database shop: timezone Europe/Berlin → UTC"),
        ("postgres", "GRANT TEMPORARY ON DATABASE shop TO PUBLIC", "shop: database: TEMPORARY no more to public (not declared)"),
        ("postgres", "REVOKE CONNECT ON DATABASE shop FROM readers", "shop: database: CONNECT to readers"),
        ("shop", "DROP EXTENSION pg_trgm", "shop: extension pg_trgm: new, version 1.6"),
        ("shop", "ALTER EXTENSION pg_trgm SET SCHEMA public", "shop: extension pg_trgm: schema public → extensions"),
        ("shop", "CREATE EXTENSION hstore SCHEMA extensions", "shop: extension hstore: dropped (not declared)"),
        ("shop", "ALTER SCHEMA app OWNER TO postgres", "shop: schema app: owner postgres → shop_owner"),
        ("shop", "CREATE SCHEMA scratch", "shop: schema scratch: dropped (not declared)"),
        ("shop", "REVOKE USAGE ON SCHEMA app FROM app", "shop: schema app: USAGE to app"),
        ("shop", "GRANT DELETE ON app.orders TO app", "shop: table app.orders: DELETE no more to app (not declared)"),
        ("shop", "REVOKE INSERT ON app.orders FROM app", "shop: table app.orders: INSERT to app"),
        ("shop", "GRANT SELECT ON app.orders TO app WITH GRANT OPTION", "shop: table app.orders: the right to grant SELECT no more to app (not declared)"),
        ("shop", "GRANT UPDATE (total) ON app.orders TO readers", "shop: table app.orders, column total: UPDATE no more to readers (not declared)"),
        ("shop", "REVOKE SELECT (id) ON app.orders FROM readers", "shop: table app.orders, column id: SELECT to readers"),
        ("shop", "GRANT UPDATE ON SEQUENCE app.numbers TO app", "shop: sequence app.numbers: UPDATE no more to app (not declared)"),
        ("shop", "GRANT EXECUTE ON FUNCTION app.twice(int) TO PUBLIC", "shop: function app.twice(integer): EXECUTE no more to public (not declared)"),
        ("shop", "REVOKE USAGE ON TYPE app.mood FROM app", "shop: type app.mood: USAGE to app"),
        ("shop", "REVOKE ALL ON app.orders FROM shop_owner", "shop: table app.orders: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER to shop_owner (its owner)"),
        ("shop", "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA app GRANT DELETE ON TABLES TO app", "shop: tables that shop_owner will make in app: DELETE no more to app (not declared)"),
        ("shop", "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC", "shop: functions that shop_owner will make: EXECUTE no more to public (not declared)"),
        ("shop", "ALTER TABLE app.orders DISABLE ROW LEVEL SECURITY", "shop: table app.orders: row security off → on"),
        ("shop", "ALTER TABLE app.orders FORCE ROW LEVEL SECURITY", "shop: table app.orders: row security of the owner on → off"),
        ("shop", "ALTER POLICY own ON app.orders USING (true)", "shop: table app.orders: policy own: using true → (owner = CURRENT_USER)"),
        ("shop", "CREATE POLICY open ON app.orders TO app USING (true)", "shop: table app.orders: policy open, dropped (not declared)"),
    ];

    private static readonly Dictionary<string, string> Passwords = new() { ["app"] = "a password that nobody guesses" };

    [Fact]
    public async Task all_that_was_changed_by_hand_is_corrected_by_one_run()
    {
        await using var project = await DeclaredAsync();
        ByHand.Length.ShouldBeGreaterThanOrEqualTo(40);
        // What another one in the list has dropped cannot be changed any more.
        foreach (var (database, sql, _) in ByHand.Where(one => !one.Sql.StartsWith("ALTER EXTENSION", StringComparison.Ordinal)))
            await ChangeAsync(project, database, sql);
        var drift = await project.RunAsync("drift");
        drift.ExitCode.ShouldBe(1, drift.ToString());
        var applied = await project.RunAsync("apply", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        var again = await project.RunAsync("drift");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("It is as declared.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, Traits = ["Category", "Long"])]
    public async Task each_change_by_itself_is_named_in_its_own_words_and_corrected(bool newer)
    {
        await using var project = await DeclaredAsync(newer);
        foreach (var (database, sql, words) in ByHand)
        {
            // On PostgreSQL 17 there is a privilege more.
            var expected = newer ? words.Replace("TRIGGER to shop_owner", "TRIGGER, MAINTAIN to shop_owner", StringComparison.Ordinal) : words;
            await ChangeAsync(project, database, sql);
            var (before, left) = await project.ConvergeAsync(Passwords);
            before.Select(one => one.Words).ShouldContain(expected, sql);
            left.Select(one => one.Words).ShouldBeEmpty(sql);
        }
    }

    private static async Task<ClusterProject> DeclaredAsync(bool newer = false)
    {
        var project = await ClusterProject.CreateAsync(binariesFolder: newer ? LabCluster.Binaries : null);
        project.Project.Variables["APP_PASSWORD"] = Passwords["app"];
        project.Declare(Declaration);
        await project.ConvergeAsync(Passwords);
        await project.SqlAsync("shop", "CREATE TABLE app.orders (id bigint PRIMARY KEY, total numeric, owner text); CREATE SEQUENCE app.numbers; CREATE FUNCTION app.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'; CREATE TYPE app.mood AS ENUM ('good', 'bad'); ALTER TABLE app.orders OWNER TO shop_owner");
        (await project.ConvergeAsync(Passwords)).Left.Select(one => one.Words).ShouldBeEmpty();
        return project;
    }

    private static async Task ChangeAsync(ClusterProject project, string database, string sql)
    {
        await project.SqlAsync(database, sql);
        if (!sql.StartsWith("ALTER SYSTEM", StringComparison.Ordinal))
            return;
        // The server reads its files a moment after it was told to.
        var loaded = await project.ScalarAsync(database, "SELECT pg_conf_load_time()");
        await project.SqlAsync(database, "SELECT pg_reload_conf()");
        while (await project.ScalarAsync(database, "SELECT pg_conf_load_time()") == loaded)
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
