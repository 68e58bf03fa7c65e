using System.Diagnostics;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Dumps;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup dump</c>.</summary>
internal static class Dump
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "The folder, empty or not there") { Required = true, ValueName = "FOLDER" };

    private static readonly Parameter Database = new("database", ParameterKind.Text, "The databases, with commas between them; by default all") { ValueName = "NAME" };

    private static readonly Parameter Table = new("table", ParameterKind.Text, "Only these tables, with commas between them, as pg_dump's patterns") { ValueName = "PATTERN" };

    private static readonly Parameter Jobs = new("jobs", ParameterKind.Integer, "How many tables are read at the same time") { Default = "2" };

    private static readonly Parameter Compress = new("compress", ParameterKind.Choice, "How files are compressed; zstd is quicker and smaller, and takes pg_dump 16 or later") { Default = "gzip", Choices = ["gzip", "zstd", "none"] };

    public static Verb Declare() => new()
    {
        Path = "backup dump",
        Summary = "write databases as SQL and data, with the roles and settings beside them",
        Details = "pg_dump in its directory format, for moving between versions and for single tables; what restores quickly and to any moment is lk backup take. Roles are written without their passwords. The folder gets its name when all is in it.",
        Effect = VerbEffect.Local,
        Parameters = [BackupChoice.AnyName, To, Database, Table, Jobs, Compress],
        Examples = [new VerbExample("lk backup dump shop-prod --to dumps/today --database shop", "dumps one database")],
        ReportType = () => BackupJson.Default.DumpReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace, watch) = (BackupChoice.AnyOf(call), call.Workspace, Stopwatch.StartNew());
        var database = await BackupTarget.DatabasesAsync(cluster, workspace, cancel);
        var folder = Path.GetFullPath(Path.Combine(workspace.Folder, call.Required(To)));
        var result = await DumpRun.RunAsync(workspace, database, folder, new DumpOptions(Words(call.Text(Database)), Words(call.Text(Table)), (int)call.Integer(Jobs)!.Value, call.Required(Compress)), cancel);
        var run = RunId.New(workspace.Clock);
        await new BackupRecord(cluster, workspace).AppendAsync(BackupRecord.DumpedKind, run, new JsonObject { ["folder"] = folder, ["databases"] = new JsonArray([.. result.Databases.Select(one => JsonValue.Create(one.Name))]) }, cancel);
        return Report.Of(
            new DumpReport(cluster.Name, folder, [.. result.Databases.Select(one => one.Name)], result.Databases.Sum(one => one.Bytes), watch.Elapsed.TotalMilliseconds), () => BackupJson.Default.DumpReport,
            [.. result.Databases.Select(one => new Line($"{one.Name}: {BackupText.Size(one.Bytes)}", Tone.Good)), new Line($"written to {folder} in {BackupText.Span(watch.Elapsed)}; roles and settings without passwords in {DumpRun.Globals}", Tone.Muted)]);
    }

    private static IReadOnlyList<string> Words(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
