using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>Dumps and their loading.</summary>
public sealed class DumpTests
{
    [Fact]
    public async Task a_dump_is_loaded_into_a_new_database_and_nothing_that_is_there_is_written_over()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare("roles: { owner: { login: true, password: \"${env:OWNER_PASSWORD}\" } }\ndatabases: { shop: { owner: owner } }");
        project.Project.Variables["OWNER_PASSWORD"] = "a-password-of-the-owner";
        (await project.RunAsync("apply")).ExitCode.ShouldBe(0);
        await project.SqlAsync("shop", "CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 1000) i; CREATE TABLE other (id int); ALTER TABLE orders OWNER TO owner");
        var dumped = await BackupAsync(project, "dump", "main", "--to", "dumps/today");
        dumped.ExitCode.ShouldBe(0, dumped.ToString());
        var globals = await File.ReadAllTextAsync(Path.Combine(project.Project.Folder, "dumps/today/globals.sql"), TestContext.Current.CancellationToken);
        globals.ShouldContain("CREATE ROLE owner");
        globals.ShouldNotContain("SCRAM-SHA-256$");
        (await BackupAsync(project, "dump", "main", "--to", "dumps/today")).Errors.ShouldContain("LK5011");
        (await BackupAsync(project, "dump", "main", "--to", "dumps/one", "--database", "shop", "--table", "orders", "--compress", "none")).ExitCode.ShouldBe(0);
        Directory.GetFiles(Path.Combine(project.Project.Folder, "dumps/one/shop.dump")).ShouldNotContain(file => file.EndsWith(".gz", StringComparison.Ordinal));
        Directory.GetFiles(Path.Combine(project.Project.Folder, "dumps/today/shop.dump")).ShouldContain(file => file.EndsWith(".gz", StringComparison.Ordinal));

        var there = await BackupAsync(project, "load", "main", "--from", "dumps/today", "--database", "shop");
        there.ExitCode.ShouldBe(3, there.ToString());
        there.Errors.ShouldContain("the database 'shop' is there already");
        (await BackupAsync(project, "load", "main", "--from", "dumps/today", "--database", "shopp", "--into", "x")).Errors.ShouldContain("There are: postgres, shop.");
        var loaded = await BackupAsync(project, "load", "main", "--from", "dumps/today", "--database", "shop", "--into", "copy");
        loaded.ExitCode.ShouldBe(0, loaded.ToString());
        (await project.ScalarAsync("copy", "SELECT count(*) || ' ' || (SELECT tableowner FROM pg_tables WHERE tablename = 'orders') FROM orders")).ShouldBe("1000 owner");
        (await BackupAsync(project, "load", "main", "--from", "dumps/one", "--database", "shop", "--into", "part")).ExitCode.ShouldBe(0);
        (await project.ScalarAsync("part", "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'")).ShouldBe("orders");

        await project.SqlAsync("shop", "REASSIGN OWNED BY owner TO postgres");
        await project.SqlAsync("copy", "REASSIGN OWNED BY owner TO postgres");
        await project.SqlAsync("part", "REASSIGN OWNED BY owner TO postgres");
        await project.SqlAsync("postgres", "DROP ROLE owner");
        var failed = await BackupAsync(project, "load", "main", "--from", "dumps/today", "--database", "shop", "--into", "again");
        failed.ExitCode.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldContain("role \"owner\" does not exist");
        (await project.ScalarAsync("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'again'")).ShouldBe("0", "what was half loaded is gone");
    }

    private static Task<LkResult> BackupAsync(ClusterProject project, params string[] arguments) => project.Project.RunAsync(["backup", .. arguments]);
}
