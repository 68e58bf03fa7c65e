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

/// <summary><c>lk backup load</c>.</summary>
internal static class Load
{
    private static readonly Parameter From = new("from", ParameterKind.Text, "The folder of the dump") { Required = true, ValueName = "FOLDER" };

    private static readonly Parameter Database = new("database", ParameterKind.Text, "The database in the dump") { Required = true, ValueName = "NAME" };

    private static readonly Parameter Into = new("into", ParameterKind.Text, "The database that is made for it; by default of the same name") { ValueName = "NAME" };

    private static readonly Parameter Jobs = new("jobs", ParameterKind.Integer, "How many tables are loaded at the same time") { Default = "2" };

    public static Verb Declare() => new()
    {
        Path = "backup load",
        Summary = "load a database of a dump into a new database",
        Details = "Nothing that is there is written over. When it fails, the new database is dropped again. Roles that own things must be there: lk provision apply makes them.",
        Effect = VerbEffect.Changes,
        Parameters = [BackupChoice.AnyName, From, Database, Into, Jobs],
        Examples = [new VerbExample("lk backup load shop-dev --from dumps/today --database shop --into shop_copy", "loads it under another name")],
        ReportType = () => BackupJson.Default.DumpReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace, watch) = (BackupChoice.AnyOf(call), call.Workspace, Stopwatch.StartNew());
        var folder = Path.GetFullPath(Path.Combine(workspace.Folder, call.Required(From)));
        var into = call.Text(Into) ?? call.Required(Database);
        if (!call.DryRun)
        {
            await LoadRun.RunAsync(workspace, await BackupTarget.DatabasesAsync(cluster, workspace, cancel), folder, call.Required(Database), into, (int)call.Integer(Jobs)!.Value, cancel);
            await new BackupRecord(cluster, workspace).AppendAsync(BackupRecord.LoadedKind, RunId.New(workspace.Clock), new JsonObject { ["folder"] = folder, ["database"] = call.Required(Database), ["into"] = into }, cancel);
        }

        return Report.Of(
            new DumpReport(cluster.Name, folder, [into], 0, watch.Elapsed.TotalMilliseconds), () => BackupJson.Default.DumpReport,
            [new Line($"{call.Required(Database)} {(call.DryRun ? "would be loaded" : "is loaded")} into {into}{(call.DryRun ? "" : $", in {BackupText.Span(watch.Elapsed)}")}", Tone.Good)]);
    }
}
