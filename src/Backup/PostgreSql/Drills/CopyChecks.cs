using System.Globalization;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>Looks at a copy that is open.</summary>
internal sealed class CopyChecks(RestoredServer copy, PgBackRestSite site, BackupConfig policy, IProgressSink progress)
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(2);

    /// <summary>All B-tree indexes and tables, row by row, by the server's own checker.</summary>
    public async Task<DrillCheck> IndexesAsync(CancellationToken cancel)
    {
        // pg_amcheck is there from PostgreSQL 14 on.
        if (site.Major < 14)
            return new DrillCheck("amcheck", null, "PostgreSQL 14 and later have it");
        progress.Now("checking tables and indexes");
        var result = await ProgramAsync("pg_amcheck", ["--all", "--install-missing", "--heapallindexed", "--no-dependent-toast", "-j", policy.Processes.ToString(CultureInfo.InvariantCulture)], cancel);
        if (result.Succeeded)
            return new DrillCheck("amcheck", true, "all tables and B-tree indexes are sound");
        // 2 is corruption (pg_amcheck's manual); anything else is that it could not look.
        var words = string.Join("; ", result.Lines.Select(line => line.Text.Trim()).Where(line => line.Length > 0).Take(4));
        return result.ExitCode == 2 ? new DrillCheck("amcheck", false, words) : new DrillCheck("amcheck", null, $"could not be run: {words}");
    }

    /// <summary>Every row of every database, by a dump to nowhere.</summary>
    public async Task<DrillCheck> ReadAsync(CancellationToken cancel)
    {
        var databases = (await copy.SqlAsync("postgres", "/* lk:backup.copy_databases */ SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1", cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (index, database) in databases.Index())
        {
            progress.Now($"reading all of {database}", index, databases.Length);
            var result = await ProgramAsync("pg_dump", ["-Fc", "-Z", "0", "--no-sync", "-f", "/dev/null", "-d", database], cancel);
            if (!result.Succeeded)
                return new DrillCheck("full read", false, $"{database}: {string.Join("; ", result.Lines.Select(line => line.Text.Trim()).Where(line => line.Length > 0).Take(4))}");
        }

        return new DrillCheck("full read", true, string.Create(CultureInfo.InvariantCulture, $"every row of {databases.Length} {(databases.Length == 1 ? "database" : "databases")} can be read"));
    }

    /// <summary>Pages whose checksum was wrong when they were read.</summary>
    public async Task<DrillCheck> ChecksumsAsync(CancellationToken cancel)
    {
        var answer = await copy.SqlAsync("postgres", "/* lk:backup.copy_checksums */ SELECT current_setting('data_checksums'), (SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database)", cancel);
        return answer.Trim().Split('|') switch
        {
            ["off", _] => new DrillCheck("page checksums", null, "the cluster was made without them"),
            [_, "0"] => new DrillCheck("page checksums", true, "none was wrong"),
            [_, var wrong] => new DrillCheck("page checksums", false, $"{wrong} were wrong"),
            _ => new DrillCheck("page checksums", null, "could not be asked"),
        };
    }

    /// <summary>A question of the project's own.</summary>
    public async Task<DrillCheck> AskAsync(DataCheckConfig question, CancellationToken cancel)
    {
        var answer = await copy.TrySqlAsync(question.Database, $"SET default_transaction_read_only = on;\n{question.Sql}", cancel, TimeSpan.FromHours(1));
        var got = answer.Output.Split('\n')[0].Split('|')[0];
        return !answer.Succeeded ? new DrillCheck(question.Name, false, $"cannot be asked: {answer.AllOutput.Trim()}")
            : new DrillCheck(question.Name, got == question.Expect, got == question.Expect ? $"'{got}'" : $"'{got}' instead of '{question.Expect}'");
    }

    private Task<ProcessResult> ProgramAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var place = copy.Place;
        return place.Host.RunAsync(
            Gently.Run(new HostCommand($"{place.Programs}/{name}", ["-h", place.Runtime, "-p", place.Port.ToString(CultureInfo.InvariantCulture), "-U", place.Role, .. arguments]) { User = place.User, Timeout = Long }), cancel);
    }
}
