using Lockkeeper.Cli.Running;
using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;

using var output = Output.Standard();
if (args is ["--version"])
{
    // Before anything else is loaded: scripts ask for it often.
    output.Write(ProgramVersion.Line);
    return 0;
}

using var errors = Output.Errors();
return await new Session(CliVerbs.With(Registry.Verbs), new ProcessEnvironment(), output, errors).RunAsync(args);
