namespace Lockkeeper.Migrate.Series;

/// <summary>What Liquibase keeps of a changeset in its own table.</summary>
/// <param name="Path">The file that identifies it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Author">Its author.</param>
/// <param name="Checksum">Its checksum, <c>9:md5</c>; null when only Liquibase can tell it: Liquibase fills it in then.</param>
/// <param name="Description">Its changes in words.</param>
/// <param name="Comment">Its comment.</param>
/// <param name="Contexts">Its context expression.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Tag">The tag that it sets, or null.</param>
internal sealed record ChangesetFacts(string Path, string Id, string Author, string? Checksum, string Description, string Comment, string Contexts, string Labels, string? Tag)
{
    /// <summary>Checksums that count as right although the changeset was edited since.</summary>
    public IReadOnlyList<string> ValidChecksums { get; init; } = [];
}
