using Lockkeeper.Cli.Running;
using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;
using Lockkeeper.Server.Web;

var output = Output.Standard();
if (args is ["--version"])
{
    // Before anything else is loaded: scripts ask for it often.
    output.TryWrite(ProgramVersion.Line);
    return 0;
}

var errors = Output.Errors();
return await new Session(CliVerbs.With(Registry.Verbs), new ProcessEnvironment(), output, errors, static () => new KestrelHttp()).RunAsync(args);
