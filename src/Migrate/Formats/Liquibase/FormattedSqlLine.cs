using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>The lines of formatted SQL that say something to Liquibase.</summary>
/// <remarks>Source of the patterns: liquibase.parser.AbstractFormattedChangeLogParser of Liquibase 4.28.</remarks>
internal static partial class FormattedSqlLine
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Limit = 1000;

    /// <summary>Whether a file is formatted SQL: its first line with text says so.</summary>
    public static bool IsHeader(string start)
    {
        foreach (var line in start.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            if (!line.IsWhiteSpace())
                return Header().IsMatch(line);
        }

        return false;
    }

    [GeneratedRegex(@"^\s*--\s*liquibase\s*formatted(\s+sql)?(?<rest>.*)$", Options, Limit)]
    public static partial Regex Header();

    [GeneratedRegex(@"^\s*--\s*property\s+(?<rest>.*)$", Options, Limit)]
    public static partial Regex Property();

    [GeneratedRegex(@"^\s*--\s*changeset\s+(?<author>""[^""]+""|[^:]+):(?<space>\s*)(?<id>""[^""]+""|\S+)(?<rest>.*)$", Options, Limit)]
    public static partial Regex Changeset();

    [GeneratedRegex(@"^\s*--\s*rollback (?<sql>.*)$", Options, Limit)]
    public static partial Regex Rollback();

    [GeneratedRegex(@"^\s*/\*\s*liquibase\s*rollback\s*$", Options, Limit)]
    public static partial Regex RollbackStart();

    [GeneratedRegex(@"^\s*--\s*preconditions(?<rest>.*)$", Options, Limit)]
    public static partial Regex Preconditions();

    [GeneratedRegex(@"^\s*--\s*precondition-(?<name>[a-zA-Z0-9-]+)(?<body>.*)$", Options, Limit)]
    public static partial Regex Precondition();

    [GeneratedRegex(@"^--\s*comment:? (?<text>.*)$", Options, Limit)]
    public static partial Regex Comment();

    [GeneratedRegex(@"^--\s*validCheckSum:? (?<sum>.*)$", Options, Limit)]
    public static partial Regex ValidChecksum();

    [GeneratedRegex(@"^--\s*ignoreLines:(?<what>\w+)", Options, Limit)]
    public static partial Regex IgnoreLines();

    /// <summary>What Liquibase refuses because somebody meant one of the above.</summary>
    [GeneratedRegex(@"^\s*(-\s*(property|changeset|rollback|preconditions?|comment|validCheckSum|ignoreLines)[\s:-]|--\s*changeset(\s|$)|--\s*comments:? |--\s*ignore:\w)", Options, Limit)]
    public static partial Regex Mistaken();

    /// <summary><c>name:value</c>, the value in double quotes when it holds blanks.</summary>
    [GeneratedRegex(@"(?<=^|\s)(?<name>[A-Za-z]+):(?<value>""[^""]*""|\S*)", Options, Limit)]
    public static partial Regex Attribute();

    /// <summary>The same of a property, where a blank may follow the colon.</summary>
    [GeneratedRegex(@"(?<=^|\s)(?<name>[A-Za-z]+):\s*(?<value>""[^""]*""|\S*)", Options, Limit)]
    public static partial Regex PropertyAttribute();

    [GeneratedRegex(@"^(expectedResult:)?('(?<expected>[^']*)'|""(?<expected>[^""]*)""|(?<expected>\w+))\s+(?<sql>.*)$", Options | RegexOptions.Singleline, Limit)]
    public static partial Regex SqlCheck();
}
