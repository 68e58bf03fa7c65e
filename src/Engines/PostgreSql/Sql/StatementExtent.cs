namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>What psql keeps in mind while it reads one statement: open parentheses, the body of an SQL-standard function, and
/// whether this is a COPY that takes its data from the script.</summary>
internal struct StatementExtent
{
    private int openParentheses;
    private int openBlocks;
    private int words;
    private RoutineHead head;
    private CopyHead copy;
    private bool started;

    /// <summary>How far the words match CREATE [OR REPLACE] {FUNCTION | PROCEDURE}.</summary>
    private enum RoutineHead
    {
        Unknown,
        Create,
        CreateOr,
        CreateOrReplace,
        Routine,
        No,
    }

    /// <summary>How far the tokens match COPY … FROM STDIN.</summary>
    private enum CopyHead
    {
        Unknown,
        Copy,
        From,
        FromStdin,
        No,
    }

    /// <summary>Where the first token begins.</summary>
    public int Start { get; private set; }

    /// <summary>Behind the last token.</summary>
    public int End { get; private set; }

    /// <summary>Whether no token came yet.</summary>
    public readonly bool IsEmpty => !started;

    /// <summary>Whether a semicolon here ends the statement, as psql decides it.</summary>
    public readonly bool EndsAtSemicolon => openParentheses == 0 && openBlocks == 0;

    /// <summary>Whether it is COPY … FROM stdin. The grammar accepts STDOUT in its place, and so does the server.</summary>
    public readonly bool TakesInlineData => copy is CopyHead.FromStdin;

    /// <summary>Takes the next token in.</summary>
    public void Take(TokenKind kind, in SqlScanner token)
    {
        if (!started)
            (started, Start) = (true, token.Start);
        End = token.End;
        FollowCopy(kind, token);
        switch (kind)
        {
            case TokenKind.OpenParenthesis:
                openParentheses++;
                break;
            case TokenKind.CloseParenthesis:
                openParentheses = Math.Max(0, openParentheses - 1);
                break;
            case TokenKind.Word:
                TakeWord(token);
                break;
        }
    }

    /// <summary>psql's rule (psqlscan.l, "identifier"): after the head of a routine, BEGIN opens a block, END closes one, and CASE opens
    /// one when inside a block, since it has an END too.</summary>
    private void TakeWord(in SqlScanner token)
    {
        // Words that are not part of the head leave their place in psql's list empty; only the first four count.
        words++;
        if (head is not (RoutineHead.Routine or RoutineHead.No))
            head = Advance(token);
        if (head is not RoutineHead.Routine || openParentheses > 0)
            return;
        if (token.IsWord("begin"))
            openBlocks++;
        else if (token.IsWord("case") && openBlocks > 0)
            openBlocks++;
        else if (token.IsWord("end") && openBlocks > 0)
            openBlocks--;
    }

    private readonly RoutineHead Advance(in SqlScanner token) => (words, head) switch
    {
        (1, _) when token.IsWord("create") => RoutineHead.Create,
        (2 or 4, RoutineHead.Create or RoutineHead.CreateOrReplace)
            when token.IsWord("function") || token.IsWord("procedure") => RoutineHead.Routine,
        (2, RoutineHead.Create) when token.IsWord("or") => RoutineHead.CreateOr,
        (3, RoutineHead.CreateOr) when token.IsWord("replace") => RoutineHead.CreateOrReplace,
        _ => RoutineHead.No,
    };

    private void FollowCopy(TokenKind kind, in SqlScanner token)
    {
        switch (copy)
        {
            case CopyHead.Unknown:
                copy = kind is TokenKind.Word && token.IsWord("copy") ? CopyHead.Copy : CopyHead.No;
                break;
            case CopyHead.Copy when kind is TokenKind.Word && openParentheses == 0 && token.IsWord("from"):
                copy = CopyHead.From;
                break;
            case CopyHead.From:
                copy = kind is TokenKind.Word && (token.IsWord("stdin") || token.IsWord("stdout")) ? CopyHead.FromStdin : CopyHead.No;
                break;
        }
    }
}
