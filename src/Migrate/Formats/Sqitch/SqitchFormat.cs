using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>A Sqitch project: <c>sqitch.plan</c> with a deploy, a revert and a verify script for each change. pgpm's <c>pgpm.plan</c> is the same.</summary>
internal sealed class SqitchFormat : IMigrationFormat
{
    /// <summary>The name of pgpm's plans.</summary>
    public const string PgpmPlan = "pgpm.plan";

    public string Name => "sqitch";

    public string Looks => "sqitch.plan with deploy/NAME.sql, revert/NAME.sql and verify/NAME.sql";

    public bool KeepsOrder => true;

    public bool ReadsFile => true;

    public FormatClaim? Claim(SeriesFolder folder) => FormatClaim.ByContent(
        folder.Entry is { } entry ? entry.EndsWith(".plan", StringComparison.Ordinal) ? entry : null
        : folder.Has(SqitchSettings.FileName) ? SqitchSettings.FileName
        : folder.OtherFiles("*.plan").FirstOrDefault(file => file is "sqitch.plan" or PgpmPlan));

    public IReadOnlyList<Migration> Read(SeriesFolder folder)
    {
        var settings = SqitchSettings.Read(folder);
        var file = folder.Entry ?? (folder.Has(PgpmPlan) && !folder.Has(settings.PlanFile) ? PgpmPlan : settings.PlanFile);
        if (!folder.Has(file))
            throw new LockkeeperException(MigrateErrors.FileUnreadable, $"the plan {folder.Show(file)} does not exist", "Point migrations of the database at the folder of sqitch.conf, or at the plan.");
        var plan = SqitchPlanReader.Read(MigrationScript.ReadText(folder.FullPath(file), folder.Show(file)), folder.Show(file));
        SqitchPlanCheck.RequireOrder(plan);
        return [.. plan.Changes.Select(change => Migration(folder, settings, change))];
    }

    private static Migration Migration(SeriesFolder folder, SqitchSettings settings, SqitchChange change)
    {
        var scripts = new SqitchScripts(folder, settings, change);
        if (!folder.Has(scripts.Deploy))
        {
            throw new LockkeeperException(
                MigrateErrors.FileUnreadable, $"the change {change.Key} has no deploy script {folder.Show(scripts.Deploy)}", "Put the file back, or take the change out of the plan.", change.At);
        }

        return new Migration(change.Key, MigrationKind.Planned, null, change.Note.Split('\n')[0], Script(scripts.Deploy, ScriptStyle.Psql)!, Script(scripts.Revert, ScriptStyle.Psql))
        {
            Verify = Script(scripts.Verify, ScriptStyle.PsqlVerify),
            VerifiesByItself = settings.Verify,
            Sqitch = change,
        };

        MigrationScript? Script(string file, ScriptStyle style) => folder.Has(file) ? folder.Read(file) with { Style = style } : null;
    }
}
