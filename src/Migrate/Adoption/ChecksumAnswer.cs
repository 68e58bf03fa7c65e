namespace Lockkeeper.Migrate.Adoption;

/// <summary>What a recorded checksum says about a file.</summary>
internal enum ChecksumVerdict
{
    /// <summary>The file is the one that was applied.</summary>
    Same,

    /// <summary>The file is another one now.</summary>
    Differs,

    /// <summary>It says nothing: the tool records none, or one of an algorithm that is not known here. Only the comparison of the schemas speaks for such a file.</summary>
    NotDefined,
}

/// <summary>The answer of holding a recorded checksum against a file.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="Words">In words: both checksums, or why there is none to compare.</param>
internal sealed record ChecksumAnswer(ChecksumVerdict Verdict, string Words)
{
    /// <summary>Whether the author allows for the file to be another one than was applied.</summary>
    public bool AcceptsEdit { get; init; }

    /// <summary>The tool records no checksum.</summary>
    public static ChecksumAnswer None { get; } = new(ChecksumVerdict.NotDefined, "no checksum is recorded");

    /// <summary>Compares a recorded checksum with the one of the file as it is now.</summary>
    public static ChecksumAnswer Of(string recorded, string now) =>
        recorded == now ? new(ChecksumVerdict.Same, $"checksum {now}") : new(ChecksumVerdict.Differs, $"the recorded checksum is {recorded} and the file's is {now}");
}
