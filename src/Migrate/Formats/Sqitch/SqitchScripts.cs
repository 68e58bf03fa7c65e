using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>Where the scripts of a change are, below the folder.</summary>
internal sealed class SqitchScripts
{
    private readonly SqitchSettings settings;
    private readonly bool reworked;
    private readonly string name;

    public SqitchScripts(SeriesFolder folder, SqitchSettings settings, SqitchChange change)
    {
        this.settings = settings;
        reworked = change.ReworkTags.Count > 0;
        name = $"{change.Name}.{settings.Extension}";
        if (!reworked)
            return;
        // As Sqitch looks for it: the deploy script that is there decides on the tag in the names of all three.
        var names = change.ReworkTags.Select(tag => $"{change.Name}@{tag}.{settings.Extension}").ToList();
        name = names.FirstOrDefault(candidate => folder.Has($"{settings.ScriptFolder("deploy", reworked)}/{candidate}")) ?? names[0];
    }

    public string Deploy => In("deploy");

    public string Revert => In("revert");

    public string Verify => In("verify");

    private string In(string kind) => $"{settings.ScriptFolder(kind, reworked)}/{name}";
}
