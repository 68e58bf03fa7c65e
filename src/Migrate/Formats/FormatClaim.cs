namespace Lockkeeper.Migrate.Formats;

/// <summary>Why a folder is taken to be in a format.</summary>
/// <param name="File">The file that says so, below the folder.</param>
/// <param name="IsCertain">Whether its content or a control file says so, not only its name: then it goes before the formats that share such names.</param>
internal sealed record FormatClaim(string File, bool IsCertain)
{
    /// <summary>A claim by a file's name; null without a file.</summary>
    public static FormatClaim? ByName(string? file) => file is null ? null : new FormatClaim(file, false);

    /// <summary>A claim by what a file holds; null without a file.</summary>
    public static FormatClaim? ByContent(string? file) => file is null ? null : new FormatClaim(file, true);
}
