using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>Stops a migration in its middle for as long as a test wants: a statement that waits while table <c>hold</c> has a row.</summary>
internal static class Held
{
    /// <summary>The statement that waits.</summary>
    public const string Wait = "DO $$ BEGIN WHILE EXISTS (SELECT FROM hold) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;";

    /// <summary>A migration that waits between two changes.</summary>
    public const string Migration = $"CREATE TABLE before (id int);\n{Wait}\nCREATE TABLE after (id int);\n";

    /// <summary>A project with one environment whose database has the table.</summary>
    public static async Task<LkProject> ProjectAsync(params string[] environments)
    {
        var project = await LkProject.CreateAsync(environments.Length == 0 ? ["dev"] : environments);
        foreach (var environment in environments.Length == 0 ? ["dev"] : environments)
            await project[environment].ExecuteAsync("CREATE TABLE hold (); INSERT INTO hold DEFAULT VALUES");
        return project;
    }

    /// <summary>Lets the statement, and all after it, go on.</summary>
    public static Task LetGoAsync(this TestDatabase database) => database.ExecuteAsync("DELETE FROM hold");

    /// <summary>Waits until a session of the database runs a statement that holds this text, and answers its process id.</summary>
    public static async Task<int> RunningAsync(this TestDatabase database, string text, LkProcess lk)
    {
        string? pid = null;
        for (var tries = 0; pid is null && tries < 1_200; tries++)
        {
            if (lk.HasExited)
                throw new InvalidOperationException($"lk ended before '{text}' ran\n{lk.Output}\n{lk.Errors}");
            pid = await database.ScalarAsync(
                $"SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND starts_with(ltrim(query), $t${text}$t$) LIMIT 1");
            await Task.Delay(25);
        }

        return int.Parse(pid ?? throw new TimeoutException($"'{text}' did not run\n{lk.Output}\n{lk.Errors}"));
    }

    /// <summary>Waits until a query answers 't'.</summary>
    public static async Task UntilAsync(this TestDatabase database, string sql)
    {
        for (var tries = 0; await database.ScalarAsync($"SELECT ({sql})::text") != "true"; tries++)
        {
            if (tries > 1_200)
                throw new TimeoutException($"not true: {sql}");
            await Task.Delay(50);
        }
    }

    /// <summary>Makes the lease's time so long that only the end of its backend can free it.</summary>
    public static Task WithoutExpiryAsync(this TestDatabase database) => database.ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 3600000");

    /// <summary>Whether tables are there, for example <c>before:t after:f</c>.</summary>
    public static async Task<string> TablesAsync(this TestDatabase database, params string[] names) =>
        string.Join(' ', await Task.WhenAll(names.Select(async name => $"{name}:{(await database.ScalarAsync($"SELECT to_regclass('{name}')::text") is null ? "f" : "t")}")));
}
