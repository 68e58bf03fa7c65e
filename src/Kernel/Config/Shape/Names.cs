namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>Names that a user chooses: of databases, environments and groups.</summary>
internal static class Names
{
    /// <summary>Safe in file names, URLs, command lines and the words of reports.</summary>
    public const string Pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$";

    public const string Hint = "A name starts with a letter, digit or '_', goes on with these, '-' and '.', and has at most 63 characters.";

    /// <summary>The same as <see cref="Pattern"/>, without the price of a regular expression at every start.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > 63 || text[0] is '-' or '.')
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        }

        return true;
    }
}
