using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>The error codes of splitting and parsing SQL, 2100 to 2199.</summary>
public static class SqlErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode LibraryMissing = new(2100, "The shared library libpg_query, PostgreSQL's own grammar, is not installed or cannot be loaded.");
    public static readonly ErrorCode Syntax = new(2101, "A statement does not follow PostgreSQL's grammar.");
    public static readonly ErrorCode UnterminatedString = new(2102, "A string constant has no closing quote.");
    public static readonly ErrorCode UnterminatedIdentifier = new(2103, "A quoted identifier has no closing double quote.");
    public static readonly ErrorCode UnterminatedDollarQuote = new(2104, "A dollar-quoted string has no closing tag.");
    public static readonly ErrorCode UnterminatedComment = new(2105, "A block comment has no end.");
    public static readonly ErrorCode MetaCommand = new(2106, "A script holds a meta-command of psql, which is not SQL.");
    public static readonly ErrorCode NulCharacter = new(2107, "A script holds a NUL character, which PostgreSQL cannot take.");
    public static readonly ErrorCode TextAfterCopy = new(2108, "A line goes on after COPY … FROM stdin, whose data begins on the next line.");
    public static readonly ErrorCode NestedTooDeeply = new(2109, "A statement is nested too deeply for PostgreSQL to take.");
    public static readonly ErrorCode SeveralStatements = new(2110, "Several statements run together where psql would send them as one.");
    public static readonly ErrorCode TooLong = new(2111, "A statement, a comment or a line of data is longer than can be taken.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        LibraryMissing, Syntax, UnterminatedString, UnterminatedIdentifier, UnterminatedDollarQuote, UnterminatedComment, MetaCommand,
        NulCharacter, TextAfterCopy, NestedTooDeeply, SeveralStatements, TooLong,
    ];
}
