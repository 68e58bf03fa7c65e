using System.CommandLine;
using System.CommandLine.Parsing;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.CommandLine;

/// <summary>Reads a command line.</summary>
internal static class LineParser
{
    private static readonly ParserConfiguration Configuration = new()
    {
        // "-abc" is not "-a -b -c": there are no one-letter options but -h. "@file" is text, not a response file.
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    /// <summary>Reads a command line.</summary>
    /// <param name="verbs">Every verb.</param>
    /// <param name="arguments">The words after the program's name.</param>
    /// <exception cref="LockkeeperException">It cannot be understood; the hint names what was probably meant.</exception>
    public static ParsedLine Parse(IReadOnlyList<Verb> verbs, string[] arguments)
    {
        switch (arguments)
        {
            case []: return new AskedOverview();
            case ["--version"]: return new AskedVersion();
            case [CompletionLine.Directive, ..]: return new AskedCompletions(CompletionLine.Complete(verbs, arguments[1..]));
            case ["help", .. var words]: return Parse(verbs, [.. words, "--help"]);
        }

        var tree = new CommandTree(verbs, arguments.Contains);
        var line = tree.Root.Parse(arguments, Configuration);
        var command = line.CommandResult.Command;
        var verb = tree.VerbOf(command);
        if (AsksHelp(line))
        {
            return verb is not null ? new AskedHelp(verb.Verb) : command == tree.Root ? new AskedOverview() : new AskedGroup(CommandTree.PathOf(command));
        }

        if (StrayOption(line, arguments) is { } stray)
            throw LineErrors.UnknownOption(command, CommandTree.PathOf(command), stray);
        if (line.Errors.Count > 0 || verb is null)
            throw LineErrors.Explain(line, verb);
        return new AskedVerb(verb.Verb, Values(line, verb));
    }

    private static bool AsksHelp(ParseResult line)
    {
        // An unknown word before --help is an error: its help does not exist.
        if (line.UnmatchedTokens.Count > 0)
            return false;
        return line.CommandResult.Children.OfType<OptionResult>().Any(option => option is { Implicit: false, Option.Name: "--help" });
    }

    /// <summary>An option that does not exist and that the parser took for a positional value; after "--" it is meant as one.</summary>
    private static string? StrayOption(ParseResult line, string[] arguments)
    {
        var meantAsValues = arguments.SkipWhile(word => word != "--").ToArray();
        return line.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(word => word.StartsWith('-') && !meantAsValues.Contains(word));
    }

    private static Dictionary<string, string> Values(ParseResult line, VerbCommand verb)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (parameter, symbol) in verb.Symbols)
        {
            var text = symbol switch
            {
                Option option when line.GetResult(option) is { Implicit: false } result =>
                    parameter.Kind == ParameterKind.Flag ? "true" : result.Tokens[^1].Value,
                Argument argument when line.GetResult(argument) is { Tokens: [.., var token] } => token.Value,
                _ => null,
            };
            if (text is not null)
                values[parameter.Name] = text;
        }

        return values;
    }
}
