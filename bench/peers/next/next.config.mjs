export default { serverExternalPackages: ['pg'], compress: false, poweredByHeader: false };
