using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A series that another project wrote, as it lies in a migrations folder.</summary>
/// <param name="Files">Name and text of each file, in order.</param>
internal sealed record RealSeries(IReadOnlyList<(string Name, string Text)> Files)
{
    /// <summary>The lines of the database in lockkeeper.yaml.</summary>
    public string Settings { get; init; } = "";

    /// <summary>What the series expects to be there.</summary>
    public string Before { get; init; } = "";

    /// <summary>The schema that its names without one are meant for.</summary>
    public string? SearchPath { get; init; }

    /// <summary>A placeholder with its value.</summary>
    public (string Name, string Value) Placeholder { get; init; }

    public static RealSeries Of(string name) => name switch
    {
        "graphile-worker" => new RealSeries(Read(Corpora.GraphileWorker))
        {
            Settings = "placeholders: { GRAPHILE_WORKER_SCHEMA: graphile_worker }",
            Before = "CREATE SCHEMA graphile_worker",
            Placeholder = (":GRAPHILE_WORKER_SCHEMA", "graphile_worker"),
        },
        "stripe-sync-engine" => new RealSeries(Read(Corpora.StripeSyncEngine)) { Settings = "search_path: [stripe]", Before = "CREATE SCHEMA stripe", SearchPath = "stripe" },
        "world-postgres" => new RealSeries(Read(Corpora.WorldPostgres)),
        "openqa" => new RealSeries([.. OpenQa(98)]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>openQA's schema of version 63 and the upgrades after it. Its files begin and end transactions by themselves, which is taken out; one has nothing else in it.</summary>
    public static IEnumerable<(string Name, string Text)> OpenQa(int last) =>
        Corpora.OpenQaDeploy(63).Select(file => (File: file, Version: 63))
            .Concat(Enumerable.Range(63, last - 63).SelectMany(from => Corpora.OpenQaUpgrade(from).Select(file => (File: file, Version: from + 1))))
            .Select((part, index) => ($"{index:0000}_{part.Version}_{Path.GetFileName(part.File)}", WithoutTransaction(File.ReadAllText(part.File))));

    /// <summary>Puts files of the series into a project.</summary>
    public void CopyTo(LkProject project, int from, int count)
    {
        foreach (var (name, text) in Files.Skip(from).Take(count))
            project.File($"migrations/{name}", text);
    }

    /// <summary>A database with what psql makes of the same files, each in a transaction.</summary>
    public async Task<TestDatabase> ByPsqlAsync()
    {
        var database = await TestDatabase.CreateAsync();
        var options = new PsqlOptions { SingleTransaction = true, ServerOptions = SearchPath is null ? null : $"-c search_path={SearchPath}" };
        await Psql.OutputAsync(database.Url, Before);
        foreach (var (name, text) in Files)
        {
            // The projects' own runners replace it in strings and function bodies too, which psql does not do.
            var result = await Psql.RunAsync(database.Url, Placeholder.Name is null ? text : text.Replace(Placeholder.Name, Placeholder.Value, StringComparison.Ordinal), options);
            result.ExitCode.ShouldBe(0, $"{name}: {result.AllOutput}");
        }

        return database;
    }

    private static List<(string Name, string Text)> Read(IReadOnlyList<string> files) => [.. files.Select(file => (Path.GetFileName(file), File.ReadAllText(file)))];

    private static string WithoutTransaction(string text)
    {
        var lines = text.Split('\n').Where(line => line.Trim() is not ("BEGIN;" or "COMMIT;")).ToList();
        return string.Join('\n', lines) + (lines.All(line => line.Trim() is "" or ";" || line.StartsWith("--", StringComparison.Ordinal)) ? "SELECT 1;" : "");
    }
}
