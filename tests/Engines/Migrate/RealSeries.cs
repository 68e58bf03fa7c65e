using System.IO.Compression;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A series that another project wrote, as it lies in a migrations folder.</summary>
/// <param name="Files">Name and text of each file, in order.</param>
internal sealed record RealSeries(IReadOnlyList<(string Name, string Text)> Files)
{
    private static readonly string[] ZabbixFiles = ["schema", "images", "data", "double", "history_pk_prepare"];

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
        "kamailio" => Numbered([.. Corpora.Kamailio]),
        "davical" => Numbered([.. Corpora.Davical]),
        "director" => Numbered(Corpora.Director),
        "ido" => Numbered(Corpora.Ido),
        "roundcube" => Numbered(Corpora.Roundcube),
        "mediawiki" => Numbered(Corpora.MediaWiki("tables-generated.sql"), Corpora.MediaWiki("tables.sql")).Edited(text => text.Replace("\nBEGIN;\n", "\n", StringComparison.Ordinal)),
        "tt-rss" => Numbered(Corpora.TtRss).Edited(text => text.Replace("\nbegin;\n", "\n", StringComparison.Ordinal).Replace("\ncommit;\n", "\n", StringComparison.Ordinal)),
        "chado 1 to 1.1" => Chado("1", "1.1"),
        "chado 1 to 1.2" => Chado("1", "1.2"),
        "chado 1.1 to 1.2" => Chado("1.1", "1.2"),
        "zabbix" => new RealSeries([.. ZabbixFiles.Select((name, index) => ($"{index:0000}_{name}.sql", Unpacked(Corpora.Zabbix(name))))]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>openQA's schema of version 63 and the upgrades after it. One file has no statement in it.</summary>
    public static IEnumerable<(string Name, string Text)> OpenQa(int last) =>
        Corpora.OpenQaDeploy(63).Select(file => (File: file, Version: 63))
            .Concat(Enumerable.Range(63, last - 63).SelectMany(from => Corpora.OpenQaUpgrade(from).Select(file => (File: file, Version: from + 1))))
            .Select((part, index) => ($"{index:0000}_{part.Version}_{Path.GetFileName(part.File)}", WithStatement(File.ReadAllText(part.File))));

    /// <summary>Chado's schema of one version and what brings it to another.</summary>
    public static RealSeries Chado(string from, string to) =>
        Numbered(Corpora.ChadoSchema(from), Corpora.ChadoDiff(from, to)).Edited(text => text.Replace(") @ boxrange", ") <@ boxrange", StringComparison.Ordinal));

    /// <summary>Files of one project, numbered in the order that it runs them in.</summary>
    public static RealSeries Numbered(params IReadOnlyList<string> files) => new([.. files.Select((file, index) => ($"{index:0000}_{Path.GetFileName(file)}", File.ReadAllText(file)))]);

    /// <summary>The series with what has to be changed in its texts.</summary>
    public RealSeries Edited(Func<string, string> edit) => this with { Files = [.. Files.Select(file => (file.Name, edit(file.Text)))] };

    /// <summary>Puts files of the series into a project.</summary>
    public void CopyTo(LkProject project, int from, int count)
    {
        foreach (var (name, text) in Files.Skip(from).Take(count))
            project.File($"migrations/{name}", text);
    }

    /// <summary>A database with what psql makes of the same files, each in a transaction.</summary>
    public async Task<TestDatabase> ByPsqlAsync(SandboxCluster? cluster = null)
    {
        var database = await TestDatabase.CreateAsync(cluster: cluster);
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

    private static string WithStatement(string text) =>
        text.Split('\n').All(line => line.Trim() is "" or ";" || line.StartsWith("--", StringComparison.Ordinal)) ? $"{text}SELECT 1;" : text;

    private static string Unpacked(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static List<(string Name, string Text)> Read(IReadOnlyList<string> files) => [.. files.Select(file => (Path.GetFileName(file), File.ReadAllText(file)))];
}
