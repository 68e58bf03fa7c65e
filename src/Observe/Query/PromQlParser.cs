using System.Globalization;
using System.Text.RegularExpressions;

namespace Lockkeeper.Observe.Query;

/// <summary>Reads the part of PromQL that alert rules use: everything but subqueries, <c>@</c>, histograms and a few functions, which are refused by name.</summary>
internal sealed class PromQlParser(string text)
{
    private static readonly string[][] Levels = [["or"], ["and", "unless"], ["==", "!=", "<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];

    public static IReadOnlyList<string> Aggregates { get; } = ["sum", "min", "max", "avg", "count", "group", "topk", "bottomk", "quantile", "stddev"];

    private readonly IReadOnlyList<Token> tokens = PromQlLexer.Read(text);
    private int next;
    private int depth;

    private Token Current => tokens[next];

    public PromQlExpression Read()
    {
        var whole = Binary(0);
        return Current.Kind == TokenKind.End ? whole : throw new PromQlException($"'{Current.Text}' was not expected here", Current.At);
    }

    private PromQlExpression Binary(int level)
    {
        if (level == Levels.Length)
            return Unary();
        var left = Binary(level + 1);
        while (Levels[level].Contains(Current.Text, StringComparer.Ordinal) && Current.Kind is TokenKind.Symbol or TokenKind.Name)
        {
            var symbol = Take();
            var asNumber = TryWord("bool");
            var matching = ReadMatching();
            left = Checked(new BinaryExpression(symbol.Text, left, Binary(level + 1), asNumber, matching, symbol.At));
        }

        return left;
    }

    private static BinaryExpression Checked(BinaryExpression one)
    {
        foreach (var side in one.Parts)
        {
            if (side.Kind is ValueKind.Matrix or ValueKind.Text)
                throw new PromQlException($"'{one.Operator}' needs a number or a value for each series, not {Words(side.Kind)}", side.At);
            if (one.IsSet && side.Kind != ValueKind.Vector)
                throw new PromQlException($"'{one.Operator}' needs series on both sides", side.At);
        }

        if (one.AsNumber && !one.IsComparison)
            throw new PromQlException("'bool' belongs to a comparison", one.At);
        if (one is { IsComparison: true, AsNumber: false, Kind: ValueKind.Scalar })
            throw new PromQlException("a comparison of two numbers needs 'bool'", one.At);
        return one;
    }

    private Matching ReadMatching()
    {
        if (Current.Text is not ("on" or "ignoring") || Current.Kind != TokenKind.Name)
            return Matching.Default;
        var on = Take().Text == "on";
        var labels = Names();
        if (Current is not { Kind: TokenKind.Name, Text: "group_left" or "group_right" })
            return new Matching(on, labels, null, []);
        var many = Take().Text == "group_left" ? "left" : "right";
        return new Matching(on, labels, many, Current.Text == "(" ? Names() : []);
    }

    private List<string> Names()
    {
        Expect("(");
        var names = new List<string>();
        while (Current.Text != ")")
        {
            if (Current.Kind != TokenKind.Name)
                throw new PromQlException("a label was expected here", Current.At);
            names.Add(Take().Text);
            if (Current.Text != ")")
                Expect(",");
        }

        Take();
        return names;
    }

    private PromQlExpression Unary()
    {
        if (Current is { Kind: TokenKind.Symbol, Text: "-" or "+" })
        {
            var sign = Take();
            var of = Unary();
            if (of.Kind is ValueKind.Matrix or ValueKind.Text)
                throw new PromQlException("only numbers and values of series have a sign", sign.At);
            return sign.Text == "-" ? new NegatedExpression(of) : of;
        }

        var left = Primary();
        if (Current.Text != "^" || Current.Kind != TokenKind.Symbol)
            return left;
        // The power binds to the right and stronger than a sign.
        var symbol = Take();
        var matching = ReadMatching();
        return Checked(new BinaryExpression("^", left, Unary(), AsNumber: false, matching, symbol.At));
    }

    private PromQlExpression Primary()
    {
        if (++depth > 100)
            throw new PromQlException("the expression is nested too deeply", Current.At);
        try
        {
            var token = Current;
            switch (token.Kind)
            {
                case TokenKind.Number: return new NumberExpression(double.Parse(Take().Text, CultureInfo.InvariantCulture), token.At);
                case TokenKind.Text: return new TextExpression(Take().Text, token.At);
                case TokenKind.Symbol when token.Text == "(":
                    Take();
                    var inner = Binary(0);
                    Expect(")");
                    return inner;
                case TokenKind.Symbol when token.Text == "{": return Selector(null, token.At);
                case TokenKind.Name: return Named();
                default: throw new PromQlException($"'{token.Text}' was not expected here", token.At);
            }
        }
        finally
        {
            depth--;
        }
    }

    private PromQlExpression Named()
    {
        var name = Take();
        if (Aggregates.Contains(name.Text, StringComparer.Ordinal) && Current.Text is "(" or "by" or "without")
            return Aggregate(name);
        if (Current.Text == "(")
            return Call(name);
        return name.Text.ToUpperInvariant() switch
        {
            "INF" => new NumberExpression(double.PositiveInfinity, name.At),
            "NAN" => new NumberExpression(double.NaN, name.At),
            _ => Selector(name.Text, name.At),
        };
    }

    private AggregateExpression Aggregate(Token name)
    {
        var (labels, without) = Grouping();
        Expect("(");
        var first = Binary(0);
        PromQlExpression? parameter = null;
        if (name.Text is "topk" or "bottomk" or "quantile")
        {
            Expect(",");
            (parameter, first) = (first, Binary(0));
        }

        Expect(")");
        if (labels is null)
            (labels, without) = Grouping();
        if (first.Kind != ValueKind.Vector)
            throw new PromQlException($"'{name.Text}' needs a value for each series, not {Words(first.Kind)}", first.At);
        if (parameter is { Kind: not ValueKind.Scalar })
            throw new PromQlException($"'{name.Text}' needs a number first", parameter.At);
        return new AggregateExpression(name.Text, first, parameter, labels ?? [], without, name.At);
    }

    private (List<string>? Labels, bool Without) Grouping()
    {
        if (Current is not { Kind: TokenKind.Name, Text: "by" or "without" })
            return (null, false);
        var without = Take().Text == "without";
        return (Names(), without);
    }

    private CallExpression Call(Token name)
    {
        var function = PromQlFunction.Find(name.Text) ?? throw new PromQlException($"the function '{name.Text}' is not known here", name.At);
        Expect("(");
        var arguments = new List<PromQlExpression>();
        while (Current.Text != ")")
        {
            arguments.Add(Binary(0));
            if (Current.Text != ")")
                Expect(",");
        }

        Take();
        if (arguments.Count != function.Arguments.Count)
            throw new PromQlException($"'{name.Text}' takes {function.Arguments.Count} argument{(function.Arguments.Count == 1 ? "" : "s")}, not {arguments.Count}", name.At);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Kind != function.Arguments[i])
                throw new PromQlException($"'{name.Text}' needs {Words(function.Arguments[i])} here, not {Words(arguments[i].Kind)}", arguments[i].At);
        }

        return new CallExpression(function, arguments, name.At);
    }

    private SelectorExpression Selector(string? metric, int at)
    {
        var matchers = new List<LabelMatcher>();
        if (Current.Text == "{" && Current.Kind == TokenKind.Symbol)
            ReadMatchers(matchers);
        if (metric is null && matchers.All(matcher => matcher.Holds("")))
            throw new PromQlException("a selector needs a name or a label that is not empty", at);
        long? range = null;
        if (Current is { Kind: TokenKind.Symbol, Text: "[" })
        {
            Take();
            range = Span();
            if (Current.Text == ":")
                throw new PromQlException("subqueries are not known here", Current.At);
            Expect("]");
        }

        var offset = TryWord("offset") ? Span() : 0;
        if (Current is { Kind: TokenKind.Symbol, Text: "@" })
            throw new PromQlException("'@' is not known here", Current.At);
        return new SelectorExpression(new SeriesSelector(metric, matchers), range, offset, at);
    }

    private void ReadMatchers(List<LabelMatcher> matchers)
    {
        Take();
        while (Current.Text != "}")
        {
            if (Current.Kind != TokenKind.Name)
                throw new PromQlException("a label was expected here", Current.At);
            var label = Take();
            var kind = Take() switch
            {
                { Text: "=" } => MatchKind.Equal,
                { Text: "!=" } => MatchKind.NotEqual,
                { Text: "=~" } => MatchKind.Matches,
                { Text: "!~" } => MatchKind.MatchesNot,
                var other => throw new PromQlException("one of = != =~ !~ was expected here", other.At),
            };
            if (Current.Kind != TokenKind.Text)
                throw new PromQlException("a text in quotes was expected here", Current.At);
            var value = Take();
            try
            {
                matchers.Add(new LabelMatcher(label.Text, kind, value.Text));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw new PromQlException($"this is no pattern: {e.Message}", value.At);
            }

            if (Current.Text != "}")
                Expect(",");
        }

        Take();
    }

    private long Span()
    {
        if (Current.Kind != TokenKind.Duration)
            throw new PromQlException("a time span such as 5m was expected here", Current.At);
        return PromQlLexer.Milliseconds(Take().Text);
    }

    private bool TryWord(string word)
    {
        if (Current.Kind != TokenKind.Name || Current.Text != word)
            return false;
        Take();
        return true;
    }

    private Token Take() => Current.Kind == TokenKind.End ? throw new PromQlException("the expression ends too early", Current.At) : tokens[next++];

    private void Expect(string symbol)
    {
        if (Current.Kind != TokenKind.Symbol || Current.Text != symbol)
            throw new PromQlException($"'{symbol}' was expected here, not '{Current.Text}'", Current.At);
        next++;
    }

    private static string Words(ValueKind kind) => kind switch
    {
        ValueKind.Scalar => "a number",
        ValueKind.Vector => "a value for each series",
        ValueKind.Matrix => "the values of a time ([5m])",
        _ => "a text",
    };
}
