using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PostgreSql.Shadow;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Copies a target's schema by pg_dump, which takes ACCESS SHARE on its tables for a moment and needs no more than SELECT.</summary>
/// <param name="workspace">The surroundings.</param>
internal sealed class SchemaCopy(Workspace workspace)
{
    private const int ShownFailures = 3;

    /// <summary>What pg_dump writes of a target; null when there is no pg_dump that can read it.</summary>
    /// <param name="target">The target.</param>
    /// <param name="major">Its major version.</param>
    /// <param name="folder">A folder to write into.</param>
    /// <param name="notChecked">Takes the reason why there is none.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<SqlStatement>?> DumpAsync(PostgreSqlServer target, int major, string folder, ICollection<string> notChecked, CancellationToken cancel)
    {
        if (await ProgramAsync(major, cancel) is not { } program)
        {
            notChecked.Add($"there is no pg_dump of PostgreSQL {major} or later here: the shadow has the schema that the migrations make, and what was changed in the target by hand is not in it");
            return null;
        }

        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.sql");
        try
        {
            var result = await workspace.Processes.RunAsync(
                new ProcessSpec(program,
                    "--schema-only", "--no-owner", "--no-tablespaces", "--no-subscriptions", "--no-security-labels", "--exclude-schema=lockkeeper", "--encoding=UTF8", "--no-password", "--lock-wait-timeout=5s", $"--file={file}")
                {
                    Environment = new Dictionary<string, string?>(target.ClientVariables) { ["PGOPTIONS"] = null },
                },
                cancel);
            if (result.Succeeded)
                return SchemaDump.Statements(await File.ReadAllTextAsync(file, cancel));
            var words = result.AllOutput.Split('\n').FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal)) ?? result.AllOutput;
            notChecked.Add($"pg_dump cannot copy the target's schema ({words.Trim()}): the shadow has the schema that the migrations make, and what was changed in the target by hand is not in it");
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Loads it. What the shadow cannot make, such as a missing extension, is left out with all that hangs on it, and said.</summary>
    public static async Task<IReadOnlyList<string>> LoadAsync(IReadOnlyList<SqlStatement> statements, PostgreSqlServer shadow, CancellationToken cancel)
    {
        try
        {
            await using var connection = await shadow.OpenAsync(cancel);
            await using var batch = new NpgsqlBatch(connection);
            // Without explicit BEGIN a batch is one transaction; settings of the dump are the session's.
            foreach (var statement in statements)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement.Text));
            await batch.ExecuteNonQueryAsync(cancel);
            return [];
        }
        catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e))
        {
            return await OneByOneAsync(statements, shadow, cancel);
        }
    }

    private static async Task<IReadOnlyList<string>> OneByOneAsync(IReadOnlyList<SqlStatement> statements, PostgreSqlServer shadow, CancellationToken cancel)
    {
        await using var connection = await shadow.OpenAsync(cancel);
        var failures = new List<string>();
        foreach (var statement in statements)
        {
            try
            {
                await using var command = new NpgsqlCommand(statement.Text, connection);
                await command.ExecuteNonQueryAsync(cancel);
            }
            // The public schema is there already where a dump makes it.
            catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e))
            {
                if (e.SqlState != PostgresErrorCodes.DuplicateSchema)
                    failures.Add(e.MessageText);
            }
        }

        return failures.Count == 0 ? [] :
        [
            .. failures.Take(ShownFailures).Select(failure => $"the shadow lacks a part of the target's schema: {failure}"),
            .. failures.Count > ShownFailures ? [$"… and {failures.Count - ShownFailures} more of its statements failed on the shadow, most of them because of these"] : Array.Empty<string>(),
        ];
    }

    /// <summary>pg_dump reads servers up to its own version.</summary>
    private async Task<string?> ProgramAsync(int major, CancellationToken cancel)
    {
        var ports = SandboxPorts.Of(workspace);
        var folders = (await ServerBinaries.PresentAsync(ports, cancel)).Where(found => found.MajorVersion >= major).OrderBy(found => found.MajorVersion).Select(found => found.Folder);
        return folders.Select(folder => Path.Combine(folder, "pg_dump")).FirstOrDefault(File.Exists);
    }
}
