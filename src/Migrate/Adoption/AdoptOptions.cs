namespace Lockkeeper.Migrate.Adoption;

/// <summary>How an adoption was asked for.</summary>
/// <param name="From">The tool; null when there is only one.</param>
/// <param name="Table">The tool's table when it has another name than usual.</param>
/// <param name="Write">Whether to write; otherwise only to report.</param>
/// <param name="AcceptDrift">The schema may differ from what the files make.</param>
/// <param name="AcceptEdited">Files may be others than those that were applied.</param>
/// <param name="AcceptMissing">Files may be gone.</param>
/// <param name="LeaseWait">How long to wait for another runner.</param>
internal sealed record AdoptOptions(string? From, string? Table, bool Write, bool AcceptDrift, bool AcceptEdited, bool AcceptMissing, TimeSpan LeaseWait);
