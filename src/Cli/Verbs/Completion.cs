using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Verbs;

/// <summary><c>lk completion</c>: prints the script that lets a shell complete command lines of lk.</summary>
internal static class Completion
{
    private static readonly Parameter Shell = new("shell", ParameterKind.Choice, "The shell") { Positional = true, Required = true, Choices = ["bash", "zsh", "fish"] };

    private const string Bash =
        """
        _lk() {
            local IFS=$'\n'
            COMPREPLY=($(lk '[complete]' "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
        }
        complete -o default -F _lk lk
        """;

    private const string Zsh =
        """
        #compdef lk
        _lk() {
            local -a found
            found=("${(@f)$(lk '[complete]' "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            [[ -n $found ]] && compadd -- $found || _files
        }
        compdef _lk lk
        """;

    private const string Fish =
        """
        function __lk_complete
            set -l typed (commandline -opc)[2..] (commandline -ct)
            lk '[complete]' $typed 2>/dev/null
        end
        complete -c lk -a '(__lk_complete)'
        """;

    public static Verb Verb { get; } = new()
    {
        Path = "completion",
        Summary = "print the script that lets a shell complete lk's verbs and options",
        Details = "Load the script in the shell's start-up file. The words come from lk itself, so the script never needs an update.",
        Effect = VerbEffect.Reads,
        Parameters = [Shell],
        Examples =
        [
            new VerbExample("source <(lk completion bash)", "in ~/.bashrc"),
            new VerbExample("source <(lk completion zsh)", "in ~/.zshrc, after compinit"),
            new VerbExample("lk completion fish | source", "in ~/.config/fish/config.fish"),
        ],
        ReportType = () => CliJson.Default.TextReport,
        Handler = Handle,
    };

    private static Task<Report> Handle(VerbCall call, CancellationToken cancel)
    {
        var script = call.Required(Shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
        return Task.FromResult(Report.Of(new TextReport(script), () => CliJson.Default.TextReport, [new Code(script)]));
    }
}
