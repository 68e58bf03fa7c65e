using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>That a series was taken over from another tool, as the target remembers it.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Schema">The schema of its table.</param>
/// <param name="Table">Its table.</param>
/// <param name="Format">The format of the folder at that time.</param>
/// <param name="At">When.</param>
/// <param name="LeftAt">Since when its table is not kept up to date any more; null while it is.</param>
internal sealed record AdoptionRecord(string Tool, string Schema, string Table, string Format, DateTimeOffset At, DateTimeOffset? LeftAt)
{
    /// <summary>Whether its table is kept up to date.</summary>
    public bool IsKept => LeftAt is null;

    /// <summary>As a message says it.</summary>
    public string Words => $"{Tool} ({Schema}.{Table})";
}

/// <summary>The history of an adopted tool as it is now.</summary>
/// <param name="Adoption">The record of the adoption.</param>
/// <param name="Tool">The tool; null when this lk does not know it.</param>
/// <param name="Rows">Its rows, in the order of application; none when its table is not kept up to date any more.</param>
/// <param name="Problem">Why it cannot be told what is in it or what becomes of it now, or null.</param>
internal sealed record AdoptedHistory(AdoptionRecord Adoption, IForeignTool? Tool, IReadOnlyList<ForeignRow> Rows, LockkeeperException? Problem = null);
