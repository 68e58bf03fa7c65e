using System.CommandLine;
using System.CommandLine.Parsing;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.CommandLine;

/// <summary>Says what is wrong with a command line in this program's own words, with the nearest valid name.</summary>
internal static class LineErrors
{
    public static LockkeeperException Explain(ParseResult line, VerbCommand? verb)
    {
        var command = line.CommandResult.Command;
        var path = CommandTree.PathOf(command);
        if (line.UnmatchedTokens is [var unknown, ..])
        {
            return unknown.StartsWith('-') ? UnknownOption(command, path, unknown)
                : verb is null ? UnknownVerb(command, path, unknown)
                : Wrong($"'{path}' does not take '{unknown}'", SeeHelp(path));
        }

        if (verb is null)
            return Wrong($"'{path}' is a group of verbs and needs one of them", $"Choose one of: {string.Join(", ", Names(command))}. 'lk {path} --help' says what each does.");
        var error = line.Errors[0];
        if (error.SymbolResult is OptionResult option)
        {
            var name = option.Option.Name;
            return option.Tokens.Count == 0 ? Wrong($"{name} needs a value", SeeHelp(path))
                : verb.Symbols.Any(pair => pair.Symbol == option.Option && pair.Parameter.Kind == ParameterKind.Flag)
                    ? Wrong($"{name} takes no value", SeeHelp(path))
                    : Wrong($"{name} is given more than once", $"Give {name} once.");
        }

        return Wrong(char.ToLowerInvariant(error.Message[0]) + error.Message[1..].TrimEnd('.'), SeeHelp(path));
    }

    private static LockkeeperException UnknownVerb(Command group, string path, string word)
    {
        var names = Names(group).ToArray();
        var nearest = NearestName.Of(word, names);
        var full = path.Length == 0 ? word : $"{path} {word}";
        return Wrong(
            $"'{full}' is not a verb of lk",
            nearest is not null ? $"Did you mean 'lk {(path.Length == 0 ? "" : path + " ")}{nearest}'?"
                : path.Length == 0 ? "Run 'lk --help' for all verbs."
                : $"Choose one of: {string.Join(", ", names)}.");
    }

    public static LockkeeperException UnknownOption(Command command, string path, string word)
    {
        var name = word.Split('=', ':')[0];
        var nearest = NearestName.Of(name, command.Options.Select(option => option.Name));
        return Wrong(
            path.Length == 0 ? $"'{name}' is not an option of lk" : $"'{path}' has no option {name}",
            nearest is not null ? $"Did you mean {nearest}?" : SeeHelp(path));
    }

    private static IEnumerable<string> Names(Command group) => group.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

    private static string SeeHelp(string path) => path.Length == 0 ? "Run 'lk --help' for all verbs." : $"Run 'lk {path} --help' for what it takes.";

    private static LockkeeperException Wrong(string message, string hint) => new(KernelErrors.WrongUse, message, hint);
}
