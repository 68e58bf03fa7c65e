using System.Text.Json;
using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

/// <summary>Which statements a server sees when psql runs a script: psql runs it against a server of its own that logs all of them.</summary>
public sealed partial class PsqlOracle : IAsyncLifetime
{
    private SandboxCluster? cluster;
    private string log = "";

    public SandboxCluster Cluster => cluster!;

    public async ValueTask InitializeAsync()
    {
        cluster = await TestCluster.StartAsync(Settings);
        await using var database = await TestDatabase.CreateAsync(cluster: cluster);
        log = await database.ScalarAsync("SELECT current_setting('data_directory') || '/log/statements.json'") ?? "";
    }

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["logging_collector"] = "on",
        ["log_destination"] = "jsonlog",
        ["log_filename"] = "statements",
        ["log_rotation_age"] = "0",
        ["log_rotation_size"] = "0",
        ["log_statement"] = "all",
    };

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
    }

    /// <summary>The statements of a script as psql sends them, those of nothing but comments left out.</summary>
    public async Task<IReadOnlyList<string>> StatementsAsync(TestDatabase database, string script)
    {
        using var folder = new TestFolder();
        var start = new FileInfo(log).Length;
        await Psql.RunFileAsync(database.Url, folder.Write("script.sql", script), new PsqlOptions { StopOnError = false });
        // The collector writes what it reads from a pipe: this mark is in the file after all of psql's entries.
        var mark = $"end of {Guid.NewGuid():N}";
        await database.ExecuteAsync($"SELECT '{mark}'");
        while (true)
        {
            var lines = (await ReadAsync(start)).Split('\n');
            var end = Array.FindIndex(lines, line => line.Contains(mark, StringComparison.Ordinal));
            if (end >= 0)
                return [.. Statements(lines.Take(end), database.Name).Where(text => !IsBlank(text))];
            await Task.Delay(20);
        }
    }

    /// <summary>Whether psql sent just this statement. It sends the comments around a statement too, the semicolon, and drops empty lines.</summary>
    public static bool IsSame(string sent, string statement)
    {
        var (outer, inner) = (EmptyLines().Replace(sent, "\n"), EmptyLines().Replace(statement, "\n"));
        for (var at = outer.IndexOf(inner, StringComparison.Ordinal); at >= 0; at = outer.IndexOf(inner, at + 1, StringComparison.Ordinal))
        {
            if (IsBlank(outer[..at]) && IsBlank(outer[(at + inner.Length)..]))
                return true;
        }

        return false;
    }

    private static bool IsBlank(string text) => Blank().IsMatch(text);

    private async Task<string> ReadAsync(long start)
    {
        await using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        // The start may lie within a line that the collector was writing for somebody else: from the end of that line on.
        stream.Seek(Math.Max(0, start - 1), SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        if (start > 0)
            await reader.ReadLineAsync();
        return await reader.ReadToEndAsync();
    }

    /// <summary>A statement is logged before it runs; one that cannot be parsed, for whichever reason, only with its error. Other errors
    /// follow the entry of their statement.</summary>
    private static IEnumerable<string> Statements(IEnumerable<string> lines, string database)
    {
        var last = "";
        foreach (var line in lines)
        {
            using var entry = JsonDocument.Parse(line);
            string? Text(string field) => entry.RootElement.TryGetProperty(field, out var value) ? value.GetString() : null;
            if (Text("dbname") != database || Text("application_name") != "psql")
                continue;
            var message = Text("message") ?? "";
            if (message.StartsWith("statement: ", StringComparison.Ordinal))
            {
                last = message["statement: ".Length..];
                yield return last;
            }
            else if (Text("error_severity") == "ERROR" && Text("statement") is { } refused)
            {
                if (refused != last)
                    yield return refused;
                last = "";
            }
        }
    }

    /// <summary>White space, semicolons, line comments and block comments, which nest.</summary>
    [GeneratedRegex(@"\A(?>[\s;\uFEFF]+|--[^\r\n]*|/\*(?>[^*/]+|\*(?!/)|/(?!\*)|(?<nested>/\*)|(?<-nested>\*/))*(?(nested)(?!))\*/)*\z")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\n\n+")]
    private static partial Regex EmptyLines();
}
